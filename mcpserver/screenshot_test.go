package mcpserver_test

import (
	"bytes"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"vramcalc/mcpserver"
)

// The screenshot of the README, and the most bytes that it may take.
const (
	screenshotFile  = "../docs/page.png"
	screenshotBytes = 300 << 10
)

// TestScreenshot keeps the README's picture of the page small and where the
// README looks for it. With -update it takes the picture anew:
//
//	go test ./mcpserver -run TestScreenshot -update
func TestScreenshot(t *testing.T) {
	if *update {
		takeScreenshot(t)
	}
	raw, err := os.ReadFile(screenshotFile)
	if err != nil {
		t.Fatalf("%v; -update takes it", err)
	}
	if len(raw) > screenshotBytes {
		t.Errorf("%s has %d bytes, the most is %d", screenshotFile, len(raw), screenshotBytes)
	}
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if size.Width != desktopWidth || size.Height != desktopHeight {
		t.Errorf("%s is %d×%d", screenshotFile, size.Width, size.Height)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "(docs/page.png)") {
		t.Error("the README does not show docs/page.png")
	}
}

func takeScreenshot(t *testing.T) {
	t.Helper()
	s := serve(t, &mcpserver.HTTP{})
	p := openTab(t, desktopWidth, desktopHeight)
	p.open(t, s.URL+"/#/advanced/nlp")
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(screenshotFile, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
