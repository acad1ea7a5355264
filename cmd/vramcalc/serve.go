package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"vramcalc/mcpserver"
)

// serverGC is the heap growth in percent between collections of the HTTP
// server: a request leaves much short-lived garbage and little else.
const serverGC = 400

func (p program) stdio(ctx context.Context, args []string) error {
	f := p.flags("vramcalc stdio")
	set := f.String("tools", "all", "tools to offer: all or core")
	if err := noWords(parse(f, args)); err != nil {
		return err
	}
	tools, err := toolSet(*set)
	if err != nil {
		return err
	}
	return mcpserver.ServeStdio(ctx, mcpserver.New(tools, version(), p.log), p.in, p.out)
}

func (p program) http(ctx context.Context, args []string) error {
	f := p.flags("vramcalc http")
	c := mcpserver.HTTP{Log: p.log}
	set := f.String("tools", "all", "tools to offer: all or core")
	token := f.String("token-file", "", "`file` with the bearer token that requests must carry")
	f.StringVar(&c.Addr, "addr", "127.0.0.1:3000", "`host:port` to listen on")
	f.Func("allow-origin", "serve pages of this `origin` too (repeatable)", func(s string) error {
		c.AllowOrigins = append(c.AllowOrigins, s)
		return nil
	})
	f.Func("allow-host", "answer under this `host` name too (repeatable)", func(s string) error {
		c.AllowHosts = append(c.AllowHosts, s)
		return nil
	})
	f.StringVar(&c.TLSCert, "tls-cert", "", "certificate `file` in PEM")
	f.StringVar(&c.TLSKey, "tls-key", "", "key `file` in PEM")
	if err := noWords(parse(f, args)); err != nil {
		return err
	}
	tools, err := toolSet(*set)
	if err != nil {
		return err
	}
	if *token != "" {
		text, err := os.ReadFile(*token)
		if err != nil {
			return fmt.Errorf("reading the token: %w", err)
		}
		if c.Token = strings.TrimSpace(string(text)); c.Token == "" {
			return fmt.Errorf("reading the token: %s is empty", *token)
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(serverGC)
	}
	h, err := c.Handler(mcpserver.New(tools, version(), p.log), tools, version())
	if err != nil {
		return err
	}
	return c.Serve(ctx, h)
}

// noWords refuses words where only flags are expected.
func noWords(words []string, err error) error {
	if err == nil && len(words) > 0 {
		return fmt.Errorf("%w: unexpected %q", errUsage, words[0])
	}
	return err
}
