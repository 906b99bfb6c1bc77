package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"postrider/internal/config"
	"postrider/internal/secret"
)

func TestHelpListsEverySettingAndSubcommand(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"help"}, {"--help"}, nil} {
		out, _, code := postrider(t, args...)
		want := 0
		if args == nil {
			want = 2 // nobody asked for help
		}
		if code != want {
			t.Fatalf("%q: code %d, want %d", args, code, want)
		}
		for setting := range reflect.TypeFor[config.Config]().Fields() {
			if name := setting.Tag.Get("env"); !strings.Contains(out, "$"+name) {
				t.Errorf("%q does not list %s", args, name)
			}
		}
		for _, command := range []string{"all", "serve", "migrate up", "migrate status", "key rotate", "hold", "resume", "version", "sink"} {
			if !strings.Contains(out, "\n  "+command+" ") {
				t.Errorf("%q does not list %s", args, command)
			}
		}
	}
	if out, _, code := postrider(t, "help", "sink"); code != 0 || !strings.Contains(out, "--fail-rate") {
		t.Errorf("help of a subcommand: %d %s", code, out)
	}
}

func TestMistakesOnTheCommandLineAreNamed(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"unexpected argument fly":                      {"fly"},
		"--status: 900 is not a status to answer with": {"sink", "--status=900"},
		"--fail-rate: is 2; want 0 to 1":               {"sink", "--fail-rate=2"},
		"--delay: is -1s":                              {"sink", "--delay=-1s"},
		"POSTRIDER_WORKERS: is 0":                      {"serve", "--workers=0"},
		`POSTRIDER_ADDR: "nonsense" is no address`:     {"serve", "--addr=nonsense"},
		`POSTRIDER_ADDR: "host:http x"`:                {"all", "--addr=host:http x"},
		`POSTRIDER_METRICS_ADDR: ":70000"`:             {"work", "--metrics-addr=:70000"},
		`POSTRIDER_KEY: key 2: want 32 bytes`:          {"serve", "--key=" + secret.NewKey() + ",short"},
		`--url: "notaurl" is not an absolute`:          {"tail", "--token=x", "--url=notaurl"},
		`--url: "ftp://x.example"`:                     {"tail", "--token=x", "--url=ftp://x.example"},
	} {
		if _, errs, code := postrider(t, args...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%q: code %d, said %q", args, code, errs)
		}
	}
}

// Every command's help begins with its own flags; the shared settings come after.
func TestHelpBeginsWithTheCommandsOwnFlags(t *testing.T) {
	t.Parallel()
	for command, own := range map[string]string{
		"tail": "--filter", "sink": "--fail-rate", "all": "--demo", "demo": "--json", "hold": "--note", "user create": "--email", "token create": "--scopes",
	} {
		out, _, code := postrider(t, append(strings.Fields(command), "--help")...)
		if at, settings := strings.Index(out, own), strings.Index(out, "--database-url"); code != 0 || at < 0 || settings < at {
			t.Errorf("%s: %s at %d, settings at %d", command, own, at, settings)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	out, _, code := postrider(t, "version")
	for _, line := range []string{"version  " + version, "commit   ", "go       go1.", "schema   000"} {
		if code != 0 || !strings.Contains(out, line) {
			t.Errorf("%d: %q lacks %q", code, out, line)
		}
	}
	if out, _, code := postrider(t, "--version"); code != 0 || strings.TrimSpace(out) != version {
		t.Errorf("--version: %d %q", code, out)
	}
}

// The version is the newest of the changelog.
func TestTheVersionIsTheChangelogs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	newest := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$`).FindSubmatch(text)
	if newest == nil || string(newest[1]) != version {
		t.Errorf("the newest version of CHANGELOG.md is %s, and the program's %s", newest, version)
	}
}

// What a library logs becomes a line of our log.
func TestTheLogOfLibrariesIsOurs(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	var given *slog.Logger
	code := runLogged(t.Context(), []string{"key", "new"}, nil, io.Discard, &errs, func(log *slog.Logger) { given = log })
	if code != 0 || given == nil {
		t.Fatalf("code %d", code)
	}
	slog.NewLogLogger(given.Handler(), slog.LevelInfo).Printf("unable to upgrade")
	if !strings.Contains(errs.String(), `"msg":"unable to upgrade"`) {
		t.Errorf("it wrote %q", errs.String())
	}
}
