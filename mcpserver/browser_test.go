package mcpserver_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// How long a page may take on a machine that is busy. It bounds a test that
// hangs, and is no claim about speed.
const (
	patience = 2 * time.Minute
	between  = 50 * time.Millisecond // looks at a page that is waited for
)

// browserNames are the programs that the tests can drive.
var browserNames = []string{"chromium", "chromium-browser", "google-chrome"}

// missing skips a test of what the machine lacks, but not in CI, which installs
// it.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s: .ci/run installs it", what)
	}
	t.Skipf("%s: .ci/run installs it", what)
}

// browserPath finds a browser.
func browserPath(t *testing.T) string {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no browser called "+strings.Join(browserNames, " or "))
	return ""
}

// A tab is a page in a browser, with what it complained of and asked for.
type tab struct {
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// openTab starts a browser of its own, which ends with the test.
func openTab(t *testing.T, width, height int64) *tab {
	t.Helper()
	if raced {
		t.Skip("the page is tested without the race detector")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(browserPath(t)),
		chromedp.NoSandbox, // CI runs as root
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en-US"),
		chromedp.WindowSize(int(width), int(height)),
	)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(closeTab)
	p := &tab{ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil { // the first step starts the browser and binds it to its context
		t.Fatalf("starting the browser: %v", err)
	}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	for _, enable := range []func() error{
		func() error { _, err := chromedp.Call(ctx, log.Enable, struct{}{}); return err },
		func() error { _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); return err },
	} {
		if err := enable(); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// listen collects errors and requests.
func (p *tab) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		p.complaints = append(p.complaints, text)
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError || e.Type == cdpruntime.ConsoleAPICalledTypeWarning {
			p.complaints = append(p.complaints, fmt.Sprint(e.Type, " ", e.Args))
		}
	case *log.EventEntryAdded:
		// The refusal of arguments is status 422, which the browser logs.
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "422") {
			p.complaints = append(p.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	}
}

// run does steps; the test fails where one fails or takes too long.
func (p *tab) run(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// value evaluates an expression of the page; a promise is awaited.
func value[T any](t *testing.T, p *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%v in %.300s", err, expression)
	}
	return v
}

// waitFor waits until an expression of the page is true.
func (p *tab) waitFor(t *testing.T, expression string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(between) {
		if value[bool](t, p, "Boolean("+expression+")") {
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t.Fatalf("never came true: %s\ncomplaints: %q\nthe page says: %s", expression, p.complaints,
		value[string](t, p, `document.body.innerText.slice(0, 1500)`))
}

// settled is true when the whole answer is drawn.
const settled = `document.querySelector("#result").getAttribute("aria-busy") === "false" && document.querySelector("#total, .notice.error")`

// open goes to an address of the page and waits for the whole answer.
func (p *tab) open(t *testing.T, url string) {
	t.Helper()
	p.run(t, chromedp.Navigate(url))
	p.waitFor(t, settled)
}

// change does something on the page that changes the configuration, and waits
// for the whole new answer.
func (p *tab) change(t *testing.T, script string) {
	t.Helper()
	value[any](t, p, `void (() => { `+script+` })()`)
	p.waitFor(t, settled)
}

// total is the figure that the page shows, in bytes.
func (p *tab) total(t *testing.T) int64 {
	t.Helper()
	return value[int64](t, p, `Number(document.querySelector("#total").dataset.bytes)`)
}

// checkQuiet fails the test where the page complained, or asked for anything
// elsewhere than at its server.
func (p *tab) checkQuiet(t *testing.T, server string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.complaints {
		t.Errorf("the page complained: %s", c)
	}
	for _, r := range p.requests {
		if !strings.HasPrefix(r, server) && !strings.HasPrefix(r, "data:") && !strings.HasPrefix(r, "blob:") {
			t.Errorf("the page asked for %s", r)
		}
	}
}
