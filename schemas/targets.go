package schemas

import (
	"slices"

	"vramcalc/calc/workload"
)

// moduleNames are what a family calls the linear layers that LoRA goes on. The
// order is that of the generic names; a generic name may stand for several.
type moduleNames struct{ query, key, value, output, gate, up, down string }

// llamaNames are the generic names themselves.
var llamaNames = moduleNames{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}

// familyModules are the families whose names differ from LLaMA's, as in the
// modelling files of transformers.
var familyModules = map[workload.Family]moduleNames{
	workload.GPT2:           {"c_attn", "c_attn", "c_attn", "attn.c_proj", "c_fc", "c_fc", "mlp.c_proj"},
	workload.GPTBigCode:     {"c_attn", "c_attn", "c_attn", "attn.c_proj", "c_fc", "c_fc", "mlp.c_proj"},
	workload.GPTNeo:         {"q_proj", "k_proj", "v_proj", "out_proj", "c_fc", "c_fc", "c_proj"},
	workload.GPTJ:           {"q_proj", "k_proj", "v_proj", "out_proj", "fc_in", "fc_in", "fc_out"},
	workload.GPTNeoX:        {"query_key_value", "query_key_value", "query_key_value", "attention.dense", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h"},
	workload.BLOOM:          {"query_key_value", "query_key_value", "query_key_value", "self_attention.dense", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h"},
	workload.Falcon:         {"query_key_value", "query_key_value", "query_key_value", "self_attention.dense", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h"},
	workload.ChatGLM:        {"query_key_value", "query_key_value", "query_key_value", "dense", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h"},
	workload.MPT:            {"Wqkv", "Wqkv", "Wqkv", "out_proj", "up_proj", "up_proj", "down_proj"},
	workload.OPT:            {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc1", "fc2"},
	workload.BART:           {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc1", "fc2"},
	workload.Phi:            {"q_proj", "k_proj", "v_proj", "dense", "fc1", "fc1", "fc2"},
	workload.Phi3:           {"qkv_proj", "qkv_proj", "qkv_proj", "o_proj", "gate_up_proj", "gate_up_proj", "down_proj"},
	workload.GLM:            {"q_proj", "k_proj", "v_proj", "o_proj", "gate_up_proj", "gate_up_proj", "down_proj"},
	workload.GLM4:           {"q_proj", "k_proj", "v_proj", "o_proj", "gate_up_proj", "gate_up_proj", "down_proj"},
	workload.StarCoder2:     {"q_proj", "k_proj", "v_proj", "o_proj", "c_fc", "c_fc", "c_proj"},
	workload.Baichuan:       {"W_pack", "W_pack", "W_pack", "o_proj", "gate_proj", "up_proj", "down_proj"},
	workload.InternLM2:      {"wqkv", "wqkv", "wqkv", "wo", "w1", "w3", "w2"},
	workload.BERT:           {"query", "key", "value", "attention.output.dense", "intermediate.dense", "intermediate.dense", encoderDown},
	workload.RoBERTa:        {"query", "key", "value", "attention.output.dense", "intermediate.dense", "intermediate.dense", encoderDown},
	workload.BLIPText:       {"query", "key", "value", "attention.output.dense", "intermediate.dense", "intermediate.dense", encoderDown},
	workload.DeBERTaV2:      {"query_proj", "key_proj", "value_proj", "attention.output.dense", "intermediate.dense", "intermediate.dense", encoderDown},
	workload.DistilBERT:     {"q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin1", "lin2"},
	workload.T5:             {"q", "k", "v", "o", "wi_0", "wi_1", "wo"},
	workload.MT5:            {"q", "k", "v", "o", "wi_0", "wi_1", "wo"},
	workload.Switch:         {"q", "k", "v", "o", "wi", "wi", "wo"},
	workload.CLIPText:       {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc1", "fc2"},
	workload.SigLIPText:     {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc1", "fc2"},
	workload.DeepSeekV2:     latentNames,
	workload.DeepSeekV3:     latentNames,
	workload.WhisperDecoder: {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc1", "fc2"},
}

// encoderDown is the second matrix of an encoder's MLP. Its plain name,
// output.dense, would match the attention's output too.
const encoderDown = `.*layer\.\d+\.output\.dense`

// latentNames are those of multi-head latent attention, where key and value
// come out of one matrix.
var latentNames = moduleNames{"q_b_proj", "kv_b_proj", "kv_b_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}

// further are second names of a layer within a family: an ungated T5 has one
// matrix for two, a small DeepSeek-V2 projects queries at once.
var further = map[string][]string{
	"wi_0":     {"wi"},
	"wi_1":     {"wi"},
	"q_b_proj": {"q_proj"},
}

// genericTargets are the family's names for a generic one.
func genericTargets(f workload.Family, generic string) []string {
	own, differs := familyModules[f]
	if !differs {
		own = llamaNames
	}
	var name string
	switch generic {
	case llamaNames.query:
		name = own.query
	case llamaNames.key:
		name = own.key
	case llamaNames.value:
		name = own.value
	case llamaNames.output:
		name = own.output
	case llamaNames.gate:
		name = own.gate
	case llamaNames.up:
		name = own.up
	case llamaNames.down:
		name = own.down
	default:
		return nil
	}
	return append([]string{name}, further[name]...)
}

// phiDefaults are PEFT's for Phi, the one family of its table with more than
// query and value.
var phiDefaults = []string{"q_proj", "v_proj", "fc1", "fc2"}

// usualTargets are the layers that PEFT adapts where none are named, the query
// and value of the architecture.
func (r *resolver) usualTargets() []string {
	if r.kind == workload.CNN {
		return []string{allLinear}
	}
	if r.model.Text.Family == workload.Phi {
		return slices.Clone(phiDefaults)
	}
	modules, err := r.linearModules()
	var out []string
	for _, generic := range []string{llamaNames.query, llamaNames.value} {
		for _, own := range genericTargets(r.model.Text.Family, generic) {
			if !slices.Contains(out, own) && (err != nil || matchesEnd(own, modules)) {
				out = append(out, own)
			}
		}
	}
	return out
}
