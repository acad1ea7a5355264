// Package web is the page of the calculator: one HTML document that is both the
// web page of the HTTP server and the MCP App that hosts show. Its sources are
// small files that are joined here; nothing is built, and nothing is loaded
// from anywhere else.
//
// The document holds no list of parameters: the server hands it the published
// arguments and the catalogues as data.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed index.html css/*.css js/*.js
var sources embed.FS

// styles and scripts are the sources in the order in which they are joined.
var (
	styles = []string{
		"tokens", "base", "header", "form", "controls", "results", "charts", "cards", "dialogs", "app",
	}
	scripts = []string{
		"dom", "words", "labels", "format", "presets", "modes", "state",
		"host", "client", "picker", "slider", "controls", "findings", "form",
		"headline", "timeline", "breakdown", "plot", "advice", "gpus", "cost", "assumptions",
		"compare", "history", "share", "results", "main",
	}
)

// What the document has in the places of style, data and script.
const (
	styleMark  = "/* style */"
	dataMark   = "/* data */"
	scriptMark = "/* script */"
)

// Page is the document and the policy under which a browser shows it.
type Page struct {
	HTML   string
	Policy string // Content-Security-Policy: this style and this script, nothing else
}

// New joins the sources into the document, which reads data as JSON.
func New(data any) (Page, error) {
	raw, err := json.Marshal(data) // escapes <, so that no text ends the element
	if err != nil {
		return Page{}, fmt.Errorf("data of the page: %w", err)
	}
	document, err := sources.ReadFile("index.html")
	if err != nil {
		return Page{}, err
	}
	style, err := joined("css", ".css", styles)
	if err != nil {
		return Page{}, err
	}
	script, err := joined("js", ".js", scripts)
	if err != nil {
		return Page{}, err
	}
	script = "\"use strict\";\n(() => {\n" + script + "})();\n"
	html := strings.NewReplacer(styleMark, style, dataMark, string(raw), scriptMark, script).Replace(string(document))
	policy := []string{
		"default-src 'none'",
		"script-src " + hash(script),
		"style-src " + hash(style),
		"img-src data:",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	}
	return Page{HTML: html, Policy: strings.Join(policy, "; ")}, nil
}

// joined reads the files of a folder in order.
func joined(folder, suffix string, names []string) (string, error) {
	var b strings.Builder
	for _, n := range names {
		text, err := sources.ReadFile(folder + "/" + n + suffix)
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

// hash is the source expression of an inline element.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
