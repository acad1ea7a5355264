package mcpserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vramcalc/mcpserver"
)

// TestAppResource: the flagship points at the page, which hosts read as an MCP
// App; the server says that it has the extension.
func TestAppResource(t *testing.T) {
	session := inMemory(t, newServer(), "2025-11-25")
	if _, ok := session.InitializeResult().Capabilities.Extensions["io.modelcontextprotocol/ui"]; !ok {
		t.Error("the extension is not declared")
	}
	list, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Tools, func(tool *mcp.Tool) bool { return tool.Name == flagship })
	if diff := cmp.Diff(map[string]any{"resourceUri": "ui://vramcalc/app.html"}, list.Tools[i].Meta["ui"]); diff != "" {
		t.Errorf("the flagship's app (-want +got):\n%s", diff)
	}
	read, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "ui://vramcalc/app.html"})
	if err != nil {
		t.Fatal(err)
	}
	c := read.Contents[0]
	if c.MIMEType != "text/html;profile=mcp-app" || !strings.HasPrefix(c.Text, "<!doctype html>") {
		t.Errorf("content of type %s begins %.40q", c.MIMEType, c.Text)
	}
}

// hostPage serves a page with the official bridge, bundled for the browser.
func hostPage(t *testing.T) *httptest.Server {
	t.Helper()
	bundle := filepath.Join(t.TempDir(), "host.js")
	tool := npmFile(t, ".bin", "esbuild")
	npmFile(t, "@modelcontextprotocol", "ext-apps", "package.json")
	build := exec.CommandContext(t.Context(), tool, filepath.Join("testdata", "browser", "host.js"),
		"--bundle", "--format=iife", "--outfile="+bundle, "--log-level=error")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("bundling the host: %v\n%s", err, out)
	}
	script, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/host.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write(script)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>host</title><body><script src="/host.js"></script>`)
	}))
	t.Cleanup(s.Close)
	return s
}

// inFrame attaches to the sandboxed frame, which is a target of its own.
func (p *tab) inFrame(t *testing.T) *tab {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(between) {
		all, err := chromedp.Targets(p.ctx)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(info *target.Info) bool { return info.Type == "iframe" })
		if i < 0 {
			continue
		}
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(all[i].TargetID))
		t.Cleanup(cancel)
		inner := &tab{ctx: ctx}
		if err := chromedp.Do(ctx); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Listen(ctx, inner.listen); err != nil {
			t.Fatal(err)
		}
		return inner
	}
	t.Fatal("no frame came up")
	return nil
}

// TestAppInHost: under the official bridge and the default sandbox the page
// draws the result that it is handed, follows the theme, reports its size,
// calls tools through the host, tells the model what changed, and asks for the
// screen.
func TestAppInHost(t *testing.T) {
	host := hostPage(t)
	s := serve(t, &mcpserver.HTTP{AllowOrigins: []string{host.URL}})
	p := openTab(t, desktopWidth, desktopHeight)
	p.run(t, chromedp.Navigate(host.URL))
	p.waitFor(t, `window.show`)
	const call = `{"modelType":"nlp","modelId":"gpt2","precision":"bf16","batchSize":3,"learningRate":0.0001,"optimizer":"adamw","trainingEpochs":1,"sequenceLength":512,"targetGpu":"rtx-4090"}`
	shown := value[int64](t, p, fmt.Sprintf(`show(%q, %q, %s, { theme: "dark", locale: "en-GB", displayMode: "inline", availableDisplayModes: ["inline", "fullscreen"] }, { serverTools: {}, updateModelContext: { text: {} } })`, s.URL, flagship, call))
	seen := value[struct {
		URI, MIME, Official string
		App                 struct{ Name string }
	}](t, p, `({ URI: seen.uri, MIME: seen.mime, Official: seen.official, App: { Name: seen.app.name } })`)
	if seen.URI != "ui://vramcalc/app.html" || seen.MIME != seen.Official || seen.App.Name != "vramcalc" {
		t.Errorf("the host saw %+v", seen)
	}
	app := p.inFrame(t)
	app.waitFor(t, settled)
	if got := app.total(t); got != shown {
		t.Errorf("the app shows %d, the result has %d", got, shown)
	}
	for what, expression := range map[string]string{
		"the host's theme":          `document.documentElement.dataset.theme === "dark"`,
		"the arguments of the call": `document.querySelector("[data-argument=batchSize] input").value === "3"`,
		"no storage":                `(() => { try { localStorage; return false } catch { return true } })()`,
	} {
		if !value[bool](t, app, expression) {
			t.Errorf("the app lacks %s", what)
		}
	}
	p.waitFor(t, `seen.sizes.some((s) => s.height > 300)`)
	if n := value[int](t, p, `seen.contexts.length`); n != 0 {
		t.Errorf("the model was told %d times before anything changed", n)
	}
	app.change(t, set("batchSize", "5"))
	app.waitFor(t, fmt.Sprintf(`Number(document.querySelector("#total").dataset.bytes) !== %d`, shown))
	app.waitFor(t, settled)
	p.waitFor(t, `seen.contexts.length > 0`)
	told := value[string](t, p, `seen.contexts.at(-1).content[0].text`)
	if !strings.Contains(told, `"batchSize":5`) || !strings.Contains(told, "GiB") {
		t.Errorf("the model was told: %s", told)
	}
	if got, want := app.total(t), totalOf(t, flagship, []byte(strings.Replace(call, `"batchSize":3`, `"batchSize":5`, 1))); got != want {
		t.Errorf("after the change the app shows %d, the tool answers %d", got, want)
	}
	value[any](t, p, `bridge.sendHostContextChange({ theme: "light" })`)
	app.waitFor(t, `document.documentElement.dataset.theme === "light"`)
	value[any](t, app, `document.querySelector("#larger").click()`)
	app.waitFor(t, `!("app" in document.documentElement.dataset)`)
	if mode := value[string](t, p, `seen.mode`); mode != "fullscreen" {
		t.Errorf("the host was asked for %q", mode)
	}
	value[any](t, p, `bridge.teardownResource({})`)
	app.checkQuiet(t, s.URL)
}

// TestAppWithoutTools: where the host lets the app call nothing, it still draws
// what it is handed.
func TestAppWithoutTools(t *testing.T) {
	host := hostPage(t)
	s := serve(t, &mcpserver.HTTP{AllowOrigins: []string{host.URL}})
	p := openTab(t, desktopWidth, desktopHeight)
	p.run(t, chromedp.Navigate(host.URL))
	p.waitFor(t, `window.show`)
	shown := value[int64](t, p, fmt.Sprintf(`show(%q, %q, %s, {}, {})`, s.URL, flagship, llama))
	app := p.inFrame(t)
	app.waitFor(t, settled)
	if got := app.total(t); got != shown {
		t.Errorf("the app shows %d, the result has %d", got, shown)
	}
	app.checkQuiet(t, s.URL)
}
