package mcpserver

import (
	"context"
	"log/slog"
)

// warnings lets through what is worth a look: the protocol library tells of
// every connection, and over HTTP each request is one.
type warnings struct{ slog.Handler }

func warningsOf(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

// Enabled is false below a warning.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the level.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the level.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
