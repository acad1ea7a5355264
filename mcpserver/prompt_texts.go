package mcpserver

import (
	"fmt"
	"strings"

	"vramcalc/schemas"
)

// steps writes a task and its numbered steps; empty ones are left out.
func steps(task string, list ...string) string {
	var b strings.Builder
	b.WriteString(task + "\n")
	n := 0
	for _, s := range list {
		if s != "" {
			n++
			fmt.Fprintf(&b, "\n%d. %s", n, s)
		}
	}
	return b.String()
}

// use is a step with a tool, empty where the tool is not offered.
func (f facts) use(tool, what string) string {
	if _, ok := Find(f.tools, tool); !ok {
		return ""
	}
	return fmt.Sprintf("Call %s %s", tool, what)
}

// model says what the catalogue knows of a model, or what is near its name.
func (f facts) model(name string) string {
	args := &schemas.EstimateArgs{}
	args.ModelID = schemas.Some(name)
	d := args.Describe(f.models, nil)
	if d.Model == nil {
		return d.Summary.String()
	}
	return fmt.Sprintf("modelId %s, modelType %s: %s", d.Model.ID, d.Model.Type, d.Summary)
}

// gpu says what the catalogue knows of a GPU; nothing where none is named.
func (f facts) gpu(name string) string {
	if strings.TrimSpace(name) == "" {
		return ""
	}
	g, note, ok := f.models.GPU(name)
	if !ok {
		return fmt.Sprintf("\nNo catalogue GPU is called %q; near names: %s.", name, strings.Join(f.models.NearestGPUs(name, nearNames), ", "))
	}
	usable, _ := g.Usable()
	text := fmt.Sprintf("\nGPU: targetGpu %s (%s), %.1f GiB usable.", g.ID, g.Name, usable.GiB())
	if !note.IsZero() {
		text += fmt.Sprintf(" %s.", note)
	}
	return text
}

// goal says what matters most; nothing where it is not said.
func goal(name string) string {
	if strings.TrimSpace(name) == "" {
		return ""
	}
	return "\nGoal: " + name + "."
}

const flagshipName = "calculate_advanced_finetuning_vram"

const tellWell = "Tell the configuration to run as arguments, what it needs and on which GPU, what the need is mostly for, and which values were assumed. Take every number from an answer."

func planText(f facts, given map[string]string) string {
	return steps("Plan a fine-tuning run.\nModel: "+f.model(given["model"])+f.gpu(given["gpu"])+goal(given["goal"]),
		f.use(flagshipName, "with the model, fineTuningMethod lora, and the GPU as targetGpu if one is named. Then full and qlora, to compare."),
		f.use("optimize_configuration", "for the goal with the method that fits best."),
		f.use("recommend_gpu", "if no GPU is named or none of the methods fits."),
		f.use("analyze_cost", "if it is said how much data there is."),
		tellWell)
}

func chooseText(f facts, given map[string]string) string {
	task := "Choose a GPU for fine-tuning.\nModel: " + f.model(given["model"])
	if m := given["method"]; m != "" {
		task += "\nMethod: fineTuningMethod " + m + "."
	}
	if b := given["budgetUsd"]; b != "" {
		task += "\nBudget: maxHourlyUsd " + b + "."
	}
	return steps(task,
		f.use(flagshipName, "with the model and method (lora if none is named), to learn what it needs."),
		f.use("recommend_gpu", "with the same arguments and the budget."),
		f.use("analyze_cost", "for the best two or three, if it is said how much data there is."),
		"Read gpus://all where a GPU that was not recommended is asked for.",
		"Tell the best choice and one cheaper or larger, each with its usable memory, utilization, price and the date of the price. "+tellWell)
}

func diagnoseText(f facts, given map[string]string) string {
	task := "Find out why a run ran out of GPU memory.\nMessage:\n" + given["errorText"]
	if c := given["configuration"]; c != "" {
		task += "\nConfiguration:\n" + c
	}
	return steps(task,
		f.use("diagnose_oom", "with the message as errorText and the configuration as arguments."),
		f.use(flagshipName, "with the configuration and the GPU of the message, detail full, and compare the peak with the message."),
		"Tell in which phase it failed, what takes the memory, and the smallest change that gets past it, as a patch of arguments whose effect an answer shows.")
}

func optimizeText(f facts, given map[string]string) string {
	return steps("Optimize a training run.\nConfiguration:\n"+given["configuration"]+goal(given["goal"]),
		f.use(flagshipName, "with the configuration; correct what it refuses. Its optimizations carry patches with their effect."),
		f.use("optimize_configuration", "with the configuration and the goal (fit if none is named)."),
		"Apply the patches that serve the goal one by one, calling again after each, and keep those that help.",
		tellWell)
}
