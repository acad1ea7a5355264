package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"vramcalc/mcpserver"
)

// call answers one request on the command line.
func (p program) call(ctx context.Context, args []string) (int, error) {
	f := p.flags("vramcalc call")
	text := f.Bool("text", false, "a table with bars instead of JSON")
	words, err := parse(f, args)
	if err != nil {
		return exitUsage, err
	}
	tools, err := toolSet("all")
	if err != nil {
		return exitRefused, err
	}
	if len(words) == 0 {
		return exitUsage, fmt.Errorf("%w: call needs a tool: %s", errUsage, strings.Join(mcpserver.Names(tools), ", "))
	}
	tool, ok := mcpserver.Find(tools, words[0])
	if !ok {
		return exitUsage, fmt.Errorf("%w: no tool is called %q; there are: %s", errUsage, words[0], strings.Join(mcpserver.Names(tools), ", "))
	}
	arguments, err := p.arguments(words[1:])
	if err != nil {
		return exitUsage, err
	}
	result, err := tool.Call(ctx, arguments)
	if err != nil {
		return exitRefused, err
	}
	if *text {
		fmt.Fprint(p.out, result.Answer.Text())
	} else if err := indented(p.out, result.Structured); err != nil {
		return exitRefused, err
	}
	switch {
	case result.Refused:
		return exitRefused, nil
	case !result.Answer.FitsTarget():
		return exitNoFit, nil
	}
	return exitAnswered, nil
}

// arguments reads them from a file, from stdin, or from pairs.
func (p program) arguments(words []string) (json.RawMessage, error) {
	switch {
	case len(words) == 0:
		return nil, nil
	case strings.Contains(words[0], "="):
		return pairs(words)
	case len(words) > 1:
		return nil, fmt.Errorf("%w: give one file, or pairs key=value", errUsage)
	case words[0] == "-":
		return readAll(p.in)
	}
	file, err := os.Open(words[0])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	defer file.Close()
	return readAll(file)
}

func readAll(r io.Reader) (json.RawMessage, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	return b, nil
}

// pairs makes an object of key=value words. A value that is JSON is taken as
// such, anything else is a string.
func pairs(words []string) (json.RawMessage, error) {
	object := map[string]json.RawMessage{}
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("%w: %q is no pair key=value", errUsage, w)
		}
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("%w: %s is given twice", errUsage, key)
		}
		object[key] = json.RawMessage(value)
		if !json.Valid(object[key]) {
			quoted, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			object[key] = quoted
		}
	}
	return json.Marshal(object)
}

func indented(w io.Writer, raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
