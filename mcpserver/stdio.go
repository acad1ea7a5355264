package mcpserver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// maxLine is the longest message taken from a client, in bytes.
const maxLine = 4 << 20

// drainLimit is how long the end of input is held back for answers under way.
const drainLimit = 5 * time.Second

// parseError answers a line that is no JSON; without an id, as JSON-RPC asks.
const parseError = `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error: a message is one JSON object on one line"}}` + "\n"

// ServeStdio speaks MCP over a pair of streams until the input ends or ctx
// does. A line that is no JSON is answered with an error and the session goes
// on; at the end of input the answers still under way are sent first.
func ServeStdio(ctx context.Context, s *mcp.Server, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &lines{ctx: ctx, out: out, open: map[string]bool{}, idle: make(chan struct{}, 1)}
	r, w := io.Pipe()
	go l.copy(w, in)
	err := s.Run(ctx, &mcp.IOTransport{Reader: r, Writer: l, MaxLineLength: maxLine})
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// lines stands between the streams and the server: it keeps bad lines out and
// knows which requests still wait for an answer.
type lines struct {
	ctx  context.Context
	out  io.Writer
	idle chan struct{} // an answer has gone out

	mu   sync.Mutex
	open map[string]bool // ids of requests under way
}

// envelope is the part of a message that pairs requests with answers.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		RequestID json.RawMessage `json:"requestId"` // of notifications/cancelled
	} `json:"params"`
}

// copy hands good lines on and ends the server's input when ours ends.
func (l *lines) copy(to *io.PipeWriter, from io.Reader) {
	r := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := readLine(r)
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			l.take(to, trimmed)
		}
		if err != nil {
			l.drain()
			to.Close()
			return
		}
	}
}

// readLine reads up to a line's end. What is longer than maxLine is read and
// cut, so that it fails as JSON and takes no memory.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (l *lines) take(to io.Writer, line []byte) {
	if len(line) > maxLine || !json.Valid(line) || line[0] != '{' && line[0] != '[' {
		l.mu.Lock()
		defer l.mu.Unlock()
		io.WriteString(l.out, parseError)
		return
	}
	var e envelope
	json.Unmarshal(line, &e) // what does not decode has no id to wait for
	l.mu.Lock()
	switch {
	case e.Method == "notifications/cancelled":
		delete(l.open, string(e.Params.RequestID))
	case e.Method != "" && e.ID != nil:
		l.open[string(e.ID)] = true
	}
	l.mu.Unlock()
	to.Write(append(line, '\n'))
}

// Write passes the server's messages on, one at a time.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.out.Write(p)
	for line := range bytes.Lines(p) {
		var e envelope
		if json.Unmarshal(line, &e) == nil && e.Method == "" && e.ID != nil {
			delete(l.open, string(e.ID))
		}
	}
	select {
	case l.idle <- struct{}{}:
	default:
	}
	return n, err
}

// Close leaves the output open: it is the process's.
func (*lines) Close() error { return nil }

// drain waits until no request is under way.
func (l *lines) drain() {
	limit := time.After(drainLimit)
	for {
		l.mu.Lock()
		n := len(l.open)
		l.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-l.idle:
		case <-limit:
			return
		case <-l.ctx.Done():
			return
		}
	}
}
