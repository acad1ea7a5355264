package mcpserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"vramcalc/mcpserver"
)

// Sizes of screens in pixels.
const (
	phoneWidth, phoneHeight     = 360, 740
	desktopWidth, desktopHeight = 1440, 1000
	wideWidth, wideHeight       = 1920, 1080
)

// TestPagePolicy: the page is served under a policy that names this style and
// this script and nothing else.
func TestPagePolicy(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	resp, err := http.Get(s.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	policy := resp.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %s", policy, want)
		}
	}
	for _, refused := range []string{"unsafe", "*", "http:", "https:"} {
		if strings.Contains(policy, refused) {
			t.Errorf("policy %q has %s", policy, refused)
		}
	}
	if again := regexp.MustCompile(` (style|on[a-z]+)="`).Find(body); again != nil {
		t.Errorf("the document has an attribute that the policy refuses: %s", again)
	}
	if elsewhere := regexp.MustCompile(`(src|href)="(https?:)?//`).Find(body); elsewhere != nil {
		t.Errorf("the document loads from elsewhere: %s", elsewhere)
	}
}

// modesOf lists the addresses of the page's modes and media.
func modesOf(t *testing.T, p *tab) []string {
	t.Helper()
	const collect = `(async () => {
		const out = [];
		const click = async (node) => { node.click(); await new Promise((r) => setTimeout(r, 0)); };
		const group = (name) => [...document.querySelectorAll("[role=radiogroup]")].find((g) => g.getAttribute("aria-label") === name);
		for (const menu of [...document.querySelectorAll("[data-menu]")].map((n) => n.dataset.menu)) {
			await click(document.querySelector("[data-menu=" + menu + "]"));
			for (const mode of [...group("Mode").children].map((n) => n.dataset.value)) {
				await click([...group("Mode").children].find((n) => n.dataset.value === mode));
				const media = group("Input") ? [...group("Input").children].map((n) => n.dataset.value) : [""];
				for (const m of media) out.push("#/" + mode + (m ? "?medium=" + m : ""));
			}
		}
		return out;
	})()`
	return value[[]string](t, p, collect)
}

// shared is the call behind what the page shows, by its own words.
func shared(t *testing.T, p *tab) (tool string, arguments json.RawMessage) {
	t.Helper()
	text := value[string](t, p, `(() => {
		[...document.querySelectorAll(".headline-actions button")].at(-1).click();
		document.querySelector("dialog [data-value=mcp]").click();
		const text = document.querySelector("dialog textarea").value;
		document.querySelector("dialog").close();
		return text;
	})()`)
	var call struct {
		Params struct {
			Name      string
			Arguments json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(text), &call); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return call.Params.Name, call.Params.Arguments
}

// totalOf calls a tool without any page.
func totalOf(t *testing.T, name string, arguments json.RawMessage) int64 {
	t.Helper()
	tool, ok := mcpserver.Find(tools(), name)
	if !ok {
		t.Fatalf("no tool %s", name)
	}
	figures := map[string]any{}
	if err := json.Unmarshal(arguments, &figures); err != nil {
		t.Fatal(err)
	}
	figures["detail"] = "brief"
	raw, err := json.Marshal(figures)
	if err != nil {
		t.Fatal(err)
	}
	r, err := tool.Call(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Estimate struct{ TotalBytes int64 }
	}
	if err := json.Unmarshal(r.Structured, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Estimate.TotalBytes
}

// TestPageCalculates: every mode of every menu starts with a run that it
// calculates, and shows what its tool answers. Every preset calculates too.
func TestPageCalculates(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/")
	modes := modesOf(t, p)
	for _, want := range []string{"language/inference", "language/training", "language/finetuning", "multimodal/inference", "multimodal/training",
		"multimodal/finetuning", "advanced/nlp", "advanced/multimodal", "advanced/moe", "advanced/cnn"} {
		if !slices.ContainsFunc(modes, func(m string) bool { return strings.HasPrefix(m, "#/"+want) }) {
			t.Errorf("the page has no mode %s: %q", want, modes)
		}
	}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			p.run(t, chromedp.Navigate("about:blank"))
			p.open(t, s.URL+"/"+mode)
			presets := value[int](t, p, `document.querySelectorAll(".preset option").length - 1`)
			for i := range max(1, presets) {
				if i > 0 {
					p.change(t, fmt.Sprintf(`const s = document.querySelector(".preset select"); s.value = "%d"; s.dispatchEvent(new Event("change"))`, i))
				}
				if refused := value[string](t, p, `document.querySelector(".notice.error")?.innerText ?? ""`); refused != "" {
					t.Fatalf("preset %d: %s", i, refused)
				}
				if odd := value[string](t, p, `/.*(\bnull\b|\bundefined\b|\bNaN\b|\[object).*/.exec(document.body.innerText)?.[0] ?? ""`); odd != "" {
					t.Errorf("preset %d: the page says %q", i, odd)
				}
				name, arguments := shared(t, p)
				if got, want := p.total(t), totalOf(t, name, arguments); got != want {
					t.Errorf("preset %d: the page shows %d, %s answers %d to %s", i, got, name, want, arguments)
				}
			}
		})
	}
	p.checkQuiet(t, s.URL)
}

// set types a value into the control of an argument.
func set(name, text string) string {
	return fmt.Sprintf(`const i = document.querySelector('[data-argument=%s] input, [data-argument=%s] select, [data-argument=%s] textarea');
		i.value = %q; i.dispatchEvent(new Event(i.tagName === "SELECT" ? "change" : "input", { bubbles: true }))`, name, name, name, text)
}

// TestPageFindings: an error stands next to its control and marks it, in words
// of the tool; a warning lets the figures stand; a mended value takes it away.
func TestPageFindings(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/nlp")
	p.change(t, set("loraRank", "5000"))
	p.waitFor(t, `document.querySelector("[data-argument=loraRank] .finding.error")`)
	if !value[bool](t, p, `document.querySelector("[data-argument=loraRank] input").getAttribute("aria-invalid") === "true" && document.querySelector(".stale") !== null && document.querySelector("#tab-basic").dataset.worst === "error"`) {
		t.Error("the control, its tab and the figures are not marked")
	}
	p.change(t, set("batchSize", "many"))
	p.waitFor(t, `document.querySelector("[data-argument=batchSize] .finding.error")`)
	p.change(t, set("batchSize", "1"))
	p.change(t, set("loraRank", "1000"))
	p.waitFor(t, `document.querySelector("[data-argument=loraRank] .finding.warning") && !document.querySelector(".notice.error")`)
	p.change(t, set("loraRank", "16"))
	p.waitFor(t, `!document.querySelector("[data-argument=loraRank] .finding")`)
	p.checkQuiet(t, s.URL)
}

// TestPageAdvice: applying advice changes the total to exactly what it said,
// and undoing it brings the total back.
func TestPageAdvice(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	for mode, most := range map[string]int{"#/advanced/nlp": 3, "#/advanced/cnn": 10} {
		p.run(t, chromedp.Navigate("about:blank"))
		p.open(t, s.URL+"/"+mode)
		before := p.total(t)
		n := value[int](t, p, `document.querySelectorAll("[data-advice]").length`)
		if n == 0 {
			t.Fatalf("%s: no advice to try", mode)
		}
		for i := range min(n, most) {
			id := value[string](t, p, fmt.Sprintf(`document.querySelectorAll("[data-advice]")[%d].dataset.advice`, i))
			after := value[int64](t, p, fmt.Sprintf(`Number(document.querySelectorAll("[data-after]")[%d].dataset.after)`, i))
			p.change(t, fmt.Sprintf(`document.querySelectorAll("[data-after]")[%d].click()`, i))
			if got := p.total(t); got != after {
				t.Errorf("%s: %s said %d, its change gives %d", mode, id, after, got)
			}
			p.change(t, `document.querySelector(".toast button").click()`)
			if got := p.total(t); got != before {
				t.Errorf("%s: undoing %s gives %d, it was %d", mode, id, got, before)
			}
		}
	}
	p.checkQuiet(t, s.URL)
}

// TestPageAddress: the address holds the configuration, and history brings back
// one that was calculated.
func TestPageAddress(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/moe")
	p.change(t, set("sequenceLength", "777"))
	p.change(t, set("precision", "fp16"))
	p.waitFor(t, `location.hash.includes("sequenceLength=777") && location.hash.includes("precision=fp16")`)
	total, hash := p.total(t), value[string](t, p, `location.hash`)
	other := openTab(t, desktopWidth, desktopHeight)
	other.open(t, s.URL+"/"+hash)
	if got := other.total(t); got != total {
		t.Errorf("%s shows %d elsewhere, %d here", hash, got, total)
	}
	if got := value[string](t, other, `document.querySelector("[data-argument=sequenceLength] input").value`); got != "777" {
		t.Errorf("the control shows %q", got)
	}
	other.checkQuiet(t, s.URL)

	p.waitFor(t, `localStorage.getItem("vramcalc.history")?.includes("sequenceLength=777")`)
	p.change(t, set("sequenceLength", "512"))
	value[any](t, p, `document.querySelector(".page-tools button").click()`)
	p.change(t, `document.querySelector("dialog a[href*='sequenceLength=777']").click()`)
	p.waitFor(t, fmt.Sprintf(`document.querySelector("#total")?.dataset.bytes === "%d"`, total))
	p.checkQuiet(t, s.URL)
}

// TestPageConfig: a pasted config.json is calculated.
func TestPageConfig(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	config := `{"model_type":"llama","hidden_size":2048,"intermediate_size":5632,"num_hidden_layers":22,"num_attention_heads":32,"num_key_value_heads":4,"vocab_size":32000}`
	p.open(t, s.URL+"/#/advanced/nlp?"+url.Values{"modelId": {"gpt2"}, "precision": {"bf16"}, "batchSize": {"1"}, "learningRate": {"1e-5"}, "optimizer": {"adamw"}, "trainingEpochs": {"1"}}.Encode())
	before := p.total(t)
	p.run(t, chromedp.Click(`[data-value=config]`))
	p.change(t, set("modelConfig", config))
	p.waitFor(t, fmt.Sprintf(`Number(document.querySelector("#total").dataset.bytes) !== %d`, before))
	p.waitFor(t, settled)
	name, arguments := shared(t, p)
	if got, want := p.total(t), totalOf(t, name, arguments); got != want || !strings.Contains(string(arguments), `"hidden_size"`) {
		t.Errorf("the page shows %d, the tool answers %d to %s", got, want, arguments)
	}
	p.checkQuiet(t, s.URL)
}

// TestPageKeyboard: the model picker, a slider and the modes work by keys.
func TestPageKeyboard(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/nlp")
	p.run(t, chromedp.Focus(`[data-argument=modelId] input`), chromedp.KeyEvent("qwen3 8b"+kb.ArrowDown+kb.ArrowUp+kb.Enter))
	p.waitFor(t, `location.hash.includes("modelId=qwen3-8b")`)
	p.waitFor(t, settled)
	p.run(t, chromedp.Focus(`[data-argument=batchSize] input[type=range]`), chromedp.KeyEvent(kb.ArrowRight))
	p.waitFor(t, `document.querySelector("[data-argument=batchSize] input").value === "2"`)
	p.waitFor(t, settled)
	p.run(t, chromedp.Focus(`[role=radio][aria-checked=true]`), chromedp.KeyEvent(kb.ArrowRight))
	p.waitFor(t, `location.hash.startsWith("#/advanced/multimodal")`)
	p.waitFor(t, settled)
	p.checkQuiet(t, s.URL)
}

// TestPageCompare: runs are set side by side, four at most.
func TestPageCompare(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/cnn")
	for i := range 5 {
		p.change(t, set("batchSize", fmt.Sprint(8<<i)))
		p.waitFor(t, fmt.Sprintf(`document.querySelector("[data-argument=batchSize] input").value === "%d"`, 8<<i))
		value[any](t, p, `document.querySelector(".headline-actions button").click()`)
	}
	if n := value[int](t, p, `document.querySelectorAll(".run").length`); n != 4 {
		t.Errorf("%d runs side by side, want 4", n)
	}
	p.checkQuiet(t, s.URL)
}

// TestPageChinese: the page speaks Chinese, its own words and the names of
// arguments, and keeps the figures.
func TestPageChinese(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/nlp")
	before := p.total(t)
	p.change(t, `const s = document.querySelector("#language"); s.value = "zh"; s.dispatchEvent(new Event("change"))`)
	text := value[string](t, p, `document.querySelector("header").innerText + document.querySelector("#setup").innerText + [...document.querySelectorAll("#result h2, #result dt")].map((n) => n.innerText).join(" ")`)
	for _, want := range []string{"高级微调", "批量大小", "组成", "优化建议", "峰值阶段"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %s: %s", want, text)
		}
	}
	if got := p.total(t); got != before {
		t.Errorf("in Chinese the total is %d, in English %d", got, before)
	}
	if lang := value[string](t, p, `document.documentElement.lang`); lang != "zh-CN" {
		t.Errorf("lang is %s", lang)
	}
	p.checkQuiet(t, s.URL)
}

// TestPageShare: the curl command gives the answer that is shown, and the note
// names the total.
func TestPageShare(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/cnn")
	form := func(kind string) string {
		return value[string](t, p, fmt.Sprintf(`(() => {
			[...document.querySelectorAll(".headline-actions button")].at(-1).click();
			document.querySelector("dialog [data-value=%s]").click();
			const text = document.querySelector("dialog textarea").value;
			document.querySelector("dialog").close();
			return text;
		})()`, kind))
	}
	if note := form("markdown"); !strings.Contains(note, value[string](t, p, `document.querySelector("#summary").textContent`)) || !strings.Contains(note, "| Breakdown | GiB | % |") {
		t.Errorf("the note is %s", note)
	}
	if link := form("link"); link != value[string](t, p, `location.href`) {
		t.Errorf("the link is %s", link)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl to try the command with")
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", form("curl")).Output()
	if err != nil {
		t.Fatalf("%v of %s", err, form("curl"))
	}
	var answer struct {
		StructuredContent struct {
			Estimate struct{ TotalBytes int64 }
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	if got, want := answer.StructuredContent.Estimate.TotalBytes, p.total(t); got != want {
		t.Errorf("curl gives %d, the page shows %d", got, want)
	}
}

// TestPageToken: where the server asks for a token, the page asks the person.
func TestPageToken(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{Token: "open sesame"})
	p := openTab(t, desktopWidth, desktopHeight)
	p.run(t, chromedp.Navigate(s.URL+"/"))
	p.waitFor(t, `document.querySelector("dialog input[type=password]")`)
	p.run(t, chromedp.SendKeys(`dialog input[type=password]`, "open sesame"+kb.Enter))
	p.waitFor(t, settled)
	p.waitFor(t, `document.querySelector("#total")`)
}

// TestPageWords: every text of the page has both languages, and every argument
// that the page shows has a Chinese name.
func TestPageWords(t *testing.T) {
	words, err := os.ReadFile("web/js/words.js")
	if err != nil {
		t.Fatal(err)
	}
	texts, _, _ := strings.Cut(string(words), "\n};")
	pair := regexp.MustCompile(`^  ("[a-z.]+"|[a-zA-Z]+): \["(.+)", "(.+)"\],$`)
	for line := range strings.Lines(texts) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "  ") && !pair.MatchString(line) {
			t.Errorf("not a text in two languages: %s", line)
		}
	}
	labels, err := os.ReadFile("web/js/labels.js")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	_, chinese, _ := strings.Cut(string(labels), "LABELS_ZH = {")
	chinese, _, _ = strings.Cut(chinese, "};")
	for _, m := range regexp.MustCompile(`([a-zA-Z]+): "`).FindAllStringSubmatch(chinese, -1) {
		named[m[1]] = true
	}
	for _, tool := range tools() {
		if !strings.HasPrefix(tool.Name, "calculate_") {
			continue // the page has modes of calculators
		}
		var schema struct{ Properties map[string]any }
		if err := json.Unmarshal(tool.Input, &schema); err != nil {
			t.Fatal(err)
		}
		for name := range schema.Properties {
			if !named[name] && !slices.Contains([]string{"mode", "detail", "language"}, name) {
				t.Errorf("web/js/labels.js has no Chinese name for %s", name)
			}
		}
	}
}

// TestPageFitsTheScreen: nothing reaches beyond the screen, on a phone and on a
// wide one, in both themes and languages.
func TestPageFitsTheScreen(t *testing.T) {
	s := serve(t, &mcpserver.HTTP{})
	for _, size := range [][2]int64{{phoneWidth, phoneHeight}, {wideWidth, wideHeight}} {
		p := openTab(t, size[0], size[1])
		for _, mode := range []string{"#/language/inference", "#/multimodal/finetuning", "#/advanced/moe"} {
			p.open(t, s.URL+"/"+mode)
			for _, theme := range []string{"light", "dark"} {
				for _, panel := range []string{"basic", "advanced", "optimization", "hardware"} {
					wide := value[string](t, p, fmt.Sprintf(`(() => {
						document.documentElement.dataset.theme = %q;
						document.querySelector("[data-panel=%s]")?.click();
						document.querySelectorAll("details").forEach((d) => { d.open = true; });
						if (document.documentElement.scrollWidth <= innerWidth) return "";
						const out = [...document.querySelectorAll("body *")].filter((n) => n.getBoundingClientRect().right > innerWidth + 1 && !n.closest(".table"));
						return document.documentElement.scrollWidth + " wide: " + out.slice(0, 5).map((n) => n.tagName + "." + n.className).join(" ");
					})()`, theme, panel))
					if wide != "" {
						t.Errorf("%s %s %s at %d: %s", mode, theme, panel, size[0], wide)
					}
				}
			}
		}
		p.checkQuiet(t, s.URL)
	}
}

// npmFile is a file of a package that the browser tests take from npm.
func npmFile(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(append([]string{"testdata", "browser", "node_modules"}, path...)...)
	if _, err := os.Stat(file); err != nil {
		missing(t, "no "+file)
	}
	return file
}

// TestPageAccessible: axe-core finds nothing serious, in any state.
func TestPageAccessible(t *testing.T) {
	axe, err := os.ReadFile(npmFile(t, "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	for _, mode := range []string{"#/advanced/nlp", "#/multimodal/finetuning"} {
		p.run(t, chromedp.Navigate("about:blank"))
		p.open(t, s.URL+"/"+mode)
		value[any](t, p, string(axe)+`; void 0`)
		for _, state := range []struct{ name, script string }{
			{"as it comes", ``},
			{"picker", `document.querySelector("[data-argument=modelId] input").click()`},
			{"panel", `document.querySelector("[data-panel=advanced]").click()`},
			{"open details", `document.querySelectorAll("details").forEach((d) => { d.open = true; })`},
			{"error", `document.querySelector("[data-panel=basic]").click();` + set("batchSize", "0")},
			{"share", `[...document.querySelectorAll(".headline-actions button")].at(-1).click()`},
		} {
			p.change(t, state.script)
			for _, theme := range []string{"light", "dark"} {
				for _, f := range value[[]string](t, p, `(async () => {
					document.documentElement.dataset.theme = "`+theme+`";
					await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
					await Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0))); // colours that fade
					const result = await axe.run(document, { resultTypes: ["violations"] });
					return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
						.map((v) => v.impact + " " + v.id + ": " + v.help + " " + v.nodes.slice(0, 3).map((n) => n.target + " " + (n.any[0]?.message ?? "")).join("; "));
				})()`) {
					t.Errorf("%s, %s, %s: %s", mode, theme, state.name, f)
				}
			}
		}
	}
}
