package oom_test

// messages are texts as people paste them, one for each wording and way of
// wrapping; the numbers are made up so that each says something else.
var messages = []struct{ name, text string }{
	{"1.10, full", `Traceback (most recent call last):
  File "finetune.py", line 212, in <module>
    main()
  File "finetune.py", line 148, in train
    outputs = model(input_ids, labels=labels)
  File "/opt/conda/lib/python3.8/site-packages/torch/nn/modules/module.py", line 1102, in _call_impl
    return forward_call(*input, **kwargs)
  File "/opt/conda/lib/python3.8/site-packages/transformers/models/gpt2/modeling_gpt2.py", line 1058, in forward
    lm_logits = self.lm_head(hidden_states)
RuntimeError: CUDA out of memory. Tried to allocate 96.00 MiB (GPU 0; 15.78 GiB total capacity; 14.11 GiB already allocated; 61.75 MiB free; 14.26 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.  See documentation for Memory Management and PYTORCH_CUDA_ALLOC_CONF`},
	{"1.13, holes", `torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.34 GiB (GPU 1; 39.59 GiB total capacity; 27.40 GiB already allocated; 1.20 GiB free; 36.72 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.  See documentation for Memory Management and PYTORCH_CUDA_ALLOC_CONF`},
	{"1.8, a share of the card", `RuntimeError: CUDA out of memory. Tried to allocate 1.50 GiB (GPU 0; 23.70 GiB total capacity; 10.60 GiB already allocated; 11.21 GiB free; 11.85 GiB allowed; 10.90 GiB reserved in total by PyTorch)`},
	{"2.1, another process", `Epoch 1:   0%|          | 0/2500 [00:00<?, ?it/s]
torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 128.00 MiB. GPU 0 has a total capacty of 23.65 GiB of which 34.56 MiB is free. Process 41877 has 13.05 GiB memory in use. Process 52310 has 310.00 MiB memory in use. Including non-PyTorch memory, this process has 10.25 GiB memory in use. Of the allocated memory 9.68 GiB is allocated by PyTorch, and 71.40 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting max_split_size_mb to avoid fragmentation.  See documentation for Memory Management and PYTORCH_CUDA_ALLOC_CONF`},
	{"2.3, logits, ranks", `[rank0]: Traceback (most recent call last):
[rank0]:   File "/workspace/sft.py", line 88, in <module>
[rank0]:     trainer.train()
[rank0]:   File "/usr/lib/python3/dist-packages/transformers/trainer.py", line 3147, in compute_loss
[rank0]:     outputs = model(**inputs)
[rank0]: torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 15.66 GiB. GPU 0 has a total capacity of 79.15 GiB of which 8.43 GiB is free. Process 1 has 70.70 GiB memory in use. Of the allocated memory 68.21 GiB is allocated by PyTorch, and 1.09 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.  See documentation for Memory Management  (https://pytorch.org/docs/stable/notes/cuda.html#environment-variables)
[rank1]: torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 15.66 GiB. GPU 1 has a total capacity of 79.15 GiB of which 8.41 GiB is free.`},
	{"2.6, pretty traceback in a frame", "\x1b[31m╭──────────── Traceback (most recent call last) ────────────╮\x1b[0m\n" +
		"\x1b[31m│\x1b[0m /app/train.py:77 in step                                   \x1b[31m│\x1b[0m\n" +
		"\x1b[31m│\x1b[0m ❱  77 │   │   scaler.step(optimizer); optimizer.step()          \x1b[31m│\x1b[0m\n" +
		"╰────────────────────────────────────────────────────────────╯\n" +
		"│ OutOfMemoryError: CUDA out of memory. Tried to allocate      │\n" +
		"│ 250.00 MiB. GPU 2 has a total capacity of 44.53 GiB of       │\n" +
		"│ which 180.31 MiB is free. Including non-PyTorch memory, this │\n" +
		"│ process has 44.35 GiB memory in use. Of the allocated memory │\n" +
		"│ 43.10 GiB is allocated by PyTorch, with 512.00 MiB allocated │\n" +
		"│ in private pools (e.g., CUDA Graphs), and 410.20 MiB is      │\n" +
		"│ reserved by PyTorch but unallocated.                         │\n"},
	{"2.9, in a log, with escapes", `2026-03-01 08:15:44,120 ERROR worker: {"error": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 40.00 GiB. GPU 0 has a total capacity of 31.36 GiB of which 29.80 GiB is free.\nIncluding non-PyTorch memory, this process has 1.53 GiB memory in use. Of the allocated memory 980.12 MiB is allocated by PyTorch, and 15.88 MiB is reserved by PyTorch but unallocated.\nIf reserved but unallocated memory is large try setting PYTORCH_ALLOC_CONF=expandable_segments:True to avoid fragmentation."}`},
	{"HIP", `  File "pretrain.py", line 301, in train_step
    loss.backward()
  File "/opt/rocm/venv/lib/python3.10/site-packages/torch/_tensor.py", line 521, in backward
    torch.autograd.backward(
torch.OutOfMemoryError: HIP out of memory. Tried to allocate 1.19 GiB. GPU 3 has a total capacity of 63.98 GiB of which 402.00 MiB is free. Of the allocated memory 52.73 GiB is allocated by PyTorch, and 9.71 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting PYTORCH_HIP_ALLOC_CONF=expandable_segments:True to avoid fragmentation.`},
	{"MPS", `RuntimeError: MPS backend out of memory (MPS allocated: 16.92 GB, other allocations: 1.10 GB, max allowed: 18.13 GB). Tried to allocate 196.50 MB on private pool. Use PYTORCH_MPS_HIGH_WATERMARK_RATIO=0.0 to disable upper limit for memory allocations (may cause system failure).`},
	{"the runtime", `(TrainWorker rank=2 pid=9001) RuntimeError: CUDA error: out of memory
(TrainWorker rank=2 pid=9001) CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
(TrainWorker rank=2 pid=9001) For debugging consider passing CUDA_LAUNCH_BLOCKING=1.`},
	{"cuBLAS", `RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling ` + "`cublasCreate(handle)`"},
	{"the host", `RuntimeError: [enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 17179869184 bytes. Error code 12 (Cannot allocate memory)`},
	{"2.2, cut off before the numbers of PyTorch", `OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 39.49 GiB of which 47.00 MiB is free. Including non-PyTorch memory, this process has 5.16 GiB memory in use.`},
	{"broken within words by a terminal", "torch.OutOfMemoryError: CUDA out of memory. Tried to allo\ncate 512.00 MiB. GPU 0 has a total capacity of 10.57 Gi\nB of which 100.00 MiB is free. Of the allocated memory 9.80 GiB is allocated by Py\nTorch, and 50.00 MiB is reserved by PyTorch but unallocated."},
	{"no numbers", `torch.OutOfMemoryError: CUDA out of memory.`},
}
