#!/bin/sh
# One call to a running `vramcalc http`. VRAMCALC_URL names another server.
curl --silent --show-error --request POST "${VRAMCALC_URL:-http://127.0.0.1:3000}/api/mcp/tools/call" \
  --header "Content-Type: application/json" \
  --data '{
    "name": "calculate_advanced_finetuning_vram",
    "arguments": {
      "modelType": "nlp",
      "modelSize": 7,
      "architectureType": "LLaMA",
      "precision": "bf16",
      "batchSize": 4,
      "learningRate": 0.0001,
      "optimizer": "adamw",
      "trainingEpochs": 3,
      "sequenceLength": 2048,
      "loraRank": 16,
      "loraAlpha": 32,
      "loraTargetModules": ["q_proj", "v_proj"]
    }
  }'
