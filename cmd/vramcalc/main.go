// Vramcalc computes the GPU memory that models need for training. It answers
// as an MCP server over stdio or HTTP, and from the command line.
//
// This package is wiring: flags, signals and exit codes. What is answered is
// decided in mcpserver and below.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// Exit codes.
const (
	exitAnswered = 0
	exitRefused  = 1 // the tool refused the arguments, or the server failed
	exitUsage    = 2
	exitNoFit    = 3 // answered, but it does not fit the target GPU
)

const usage = `vramcalc computes the GPU memory that models need for training.

  vramcalc [stdio] [--tools all|core]           MCP server on stdin and stdout
  vramcalc http [flags]                         MCP and plain HTTP server, see vramcalc http -h
  vramcalc call TOOL [FILE|-|key=value …] [--text]
                                                one call; exit 1 refused, 3 does not fit the target GPU
  vramcalc explain ID                           documentation of a rule or a move
  vramcalc schema [TOOL] [--typescript]         published schemas
  vramcalc version                              version
`

// program is one run of the command line.
type program struct {
	in       io.Reader
	out, err io.Writer
	log      *slog.Logger
}

// errUsage marks an error of the command line; the text says what is wrong.
var errUsage = errors.New("usage")

// gcPercent lets the heap grow further than by default before it is collected: a
// call makes some hundred megabytes that go together and keeps next to none, so
// collecting is a third of its time otherwise. GOGC has the last word.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	p.log = slog.New(slog.NewTextHandler(p.err, nil))
	os.Exit(p.run(ctx, os.Args[1:]))
}

// run dispatches on the first word; without one it serves stdio.
func (p program) run(ctx context.Context, args []string) int {
	command := "stdio"
	if len(args) > 0 && (args[0] == "" || args[0][0] != '-' || args[0] == "--version" || args[0] == "--help" || args[0] == "-h") {
		command, args = args[0], args[1:]
	}
	var err error
	code := exitAnswered
	switch command {
	case "stdio":
		err = p.stdio(ctx, args)
	case "http":
		err = p.http(ctx, args)
	case "call":
		code, err = p.call(ctx, args)
	case "explain":
		err = p.explain(args)
	case "schema":
		err = p.schema(args)
	case "version", "--version":
		fmt.Fprintln(p.out, "vramcalc", version())
	case "help", "--help", "-h":
		fmt.Fprint(p.out, usage)
	default:
		err = fmt.Errorf("%w: no command is called %q\n%s", errUsage, command, usage)
	}
	switch {
	case err == nil:
		return code
	case errors.Is(err, flag.ErrHelp):
		return exitAnswered
	case errors.Is(err, errUsage):
		fmt.Fprintln(p.err, "vramcalc:", err)
		return exitUsage
	}
	fmt.Fprintln(p.err, "vramcalc:", err)
	return exitRefused
}

// flags makes a flag set that reports its errors as usage.
func (p program) flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(p.err)
	return f
}

// parse reads flags anywhere among the words and gives the other words.
func parse(f *flag.FlagSet, args []string) ([]string, error) {
	var words []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if f.NArg() == 0 {
			return words, nil
		}
		words = append(words, f.Arg(0))
		args = f.Args()[1:]
	}
}
