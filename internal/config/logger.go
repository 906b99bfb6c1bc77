package config

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"

	"postrider/internal/requestid"
)

// NewLogger returns a logger that writes to out at the level of POSTRIDER_LOG: coloured text if
// out is a terminal, else JSON lines, in which durations are in milliseconds and their keys
// name the unit. Lines of a request carry its id.
func (c *Config) NewLogger(out io.Writer) *slog.Logger {
	if file, ok := out.(*os.File); ok && isTerminal(file) {
		return slog.New(requestid.Logging(tint.NewTextHandler(out, &tint.Options{
			Level: c.Log, TimeFormat: time.TimeOnly, NoColor: os.Getenv("NO_COLOR") != "",
		})))
	}
	return slog.New(requestid.Logging(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: c.Log, ReplaceAttr: inMilliseconds})))
}

// inMilliseconds writes a duration with its unit; slog's default is bare nanoseconds.
func inMilliseconds(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.Float64(a.Key+"_ms", float64(a.Value.Duration())/float64(time.Millisecond))
	}
	return a
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "" && os.Getenv("TERM") != "dumb"
}
