"""Lists the tensors alive at the peak of each phase of a training step.

    python alive.py RUNS.jsonl > alive.jsonl

A line of RUNS has id, arguments (the tool's arguments of the same run) and what is run:
class and config (of transformers), method (full or lora), dtype, autocast, checkpointing,
attention, batch, seq, dec_seq. Three steps are run on a CUDA device; the allocator's own
history of the third gives every piece of memory that was asked for and let go. A line of the
result adds alive: by phase, [bytes asked for, number] of what is alive when the phase's sum is
highest for the first time, largest first. Made with transformers 5.24, peft 0.21, PyTorch 2.15.
"""
import collections, json, sys

import torch

DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def model_of(run):
    import transformers
    config = dict(run["config"])
    config = transformers.AutoConfig.for_model(config.pop("model_type"), **config)
    config.use_cache = False
    more = {"attn_implementation": run["attention"]} if run.get("attention") else {}
    with torch.device("cuda"):
        model = getattr(transformers, run["class"]).from_config(config, dtype=DTYPES[run["dtype"]], **more)
    if run["method"] == "lora":
        from peft import LoraConfig, get_peft_model
        model = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules=run["targets"]))
    if run.get("checkpointing"):
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        if run["method"] == "lora":
            model.enable_input_require_grads()
    return model.train()


def batch_of(run):
    ids = lambda n: torch.zeros(run["batch"], n, dtype=torch.long, device="cuda")
    return {"input_ids": ids(run["seq"]), "labels": ids(run.get("dec_seq") or run["seq"])}


def history():
    return torch.cuda.memory._snapshot()["device_traces"][0]


def steps(run, n=3):
    """Runs steps; gives the positions in the history at which the phases of the last begin and end."""
    model = model_of(run)
    params = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(params, lr=1e-4)
    for _ in range(n):
        batch, at = batch_of(run), [len(history())]
        with torch.autocast("cuda", dtype=DTYPES.get(run.get("autocast"), torch.bfloat16), enabled=bool(run.get("autocast"))):
            loss = model(**batch).loss
        del batch
        at.append(len(history()))
        loss.backward()
        del loss
        at.append(len(history()))
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        at.append(len(history()))
        optimizer.zero_grad(set_to_none=True)
    return at


def alive(events, low, high):
    """What is alive at the first highest sum between two positions of the history."""
    live, now, best, kept = {}, 0, -1, {}
    for i, e in enumerate(events[:high]):
        if e["action"] == "alloc":
            live[e["addr"]] = e["size"]
            now += e["size"]
        elif e["action"] == "free_completed" and e["addr"] in live:
            now -= live.pop(e["addr"])
        if i >= low - 1 and now > best:
            best, kept = now, dict(live)
    return sorted(collections.Counter(n for n in kept.values() if n).items(), reverse=True)


def main():
    torch.cuda.init()
    for line in open(sys.argv[1]):
        run = json.loads(line)
        torch.cuda.memory._record_memory_history(max_entries=2_000_000, stacks="python", context="alloc")
        at = steps(run)
        events = history()
        torch.cuda.memory._record_memory_history(enabled=None)
        phases = {p: alive(events, at[i], at[i + 1]) for i, p in enumerate(("forward", "backward", "optimizer"))}
        print(json.dumps({"id": run["id"], "arguments": run["arguments"], "alive": phases}), flush=True)


main()
