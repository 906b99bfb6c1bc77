// Command postrider is the whole of Postrider in one binary; `postrider help` lists its
// commands.
//
// This package wires the others together and is the only one that imports them all. Each
// subcommand has a file; serve, work and all share App, which tests start on a free port. There
// are no business rules here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"postrider/internal/config"
	"postrider/internal/heap"
	"postrider/internal/problem"
)

// version is the newest of CHANGELOG.md; a test compares the two. The commit identifies builds
// between two versions (postrider version).
const version = "0.1.0"

// cli is the grammar of the command line.
type cli struct {
	config.Config `group:"Settings, of every command and also from the environment:"`

	All     allCmd     `cmd:"" help:"API, web app, tracking and workers in one process."`
	Serve   serveCmd   `cmd:"" help:"API, web app, tracking links and inbound postbacks; no workers."`
	Work    workCmd    `cmd:"" help:"Workers only; any number on any number of machines."`
	Migrate migrateCmd `cmd:"" help:"Apply or show the database migrations."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty database with demo data and print how to use it."`
	User    userCmd    `cmd:"" help:"Users."`
	Token   tokenCmd   `cmd:"" help:"API tokens."`
	Key     keyCmd     `cmd:"" help:"The keys that seal stored secrets."`
	Holding holdCmd    `cmd:"" name:"hold" help:"Send no postbacks, in any process; everything else continues."`
	Resume  resumeCmd  `cmd:"" help:"Send postbacks again, those that waited first."`
	Tail    tailCmd    `cmd:"" help:"Show deliveries live in the terminal, with a token."`
	Sink    sinkCmd    `cmd:"" help:"An echo tracker: answers and prints every postback it gets."`
	Version versionCmd `cmd:"" help:"Print the version, the commit, Go's version and the newest migration."`

	VersionFlag kong.VersionFlag `name:"version" help:"Print only the version."`
}

// process is what a subcommand gets of its process.
type process struct {
	cfg    *config.Config
	log    *slog.Logger
	stdin  io.Reader
	stdout io.Writer
}

func main() {
	heap.Tune()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// What libraries log goes to our log too.
	code := runLogged(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, slog.SetDefault)
	stop()
	os.Exit(code)
}

// exit is the exit code that kong ends with: after help and version, without a subcommand.
type exit int

// run is main without the process: it returns the exit code, 0 for success, 2 for an invalid
// command line, else 1.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	return runLogged(ctx, args, stdin, stdout, stderr, func(*slog.Logger) {})
}

// runLogged is run, and passes its logger to a callback before anything else.
func runLogged(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, logged func(*slog.Logger)) (code int) {
	defer func() {
		fault := recover()
		if ended, ok := fault.(exit); ok {
			code = int(ended)
			if len(args) == 0 {
				code = 2 // help was not requested
			}
		} else if fault != nil {
			panic(fault)
		}
	}()
	var grammar cli
	parser, err := kong.New(&grammar,
		kong.Name("postrider"),
		kong.Description("Sends postbacks for conversions to affiliates' trackers: once, fast and visibly."),
		kong.Vars{"version": version + "\n"},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "postrider:", err)
		return 1
	}
	command, err := parser.Parse(helpFlag(args))
	if err != nil {
		fmt.Fprintf(stderr, "postrider: %v\nSee `postrider help`.\n", err)
		return 2
	}
	p := &process{cfg: &grammar.Config, log: grammar.NewLogger(stderr), stdin: stdin, stdout: stdout}
	logged(p.log)
	if err := command.Run(p); err != nil && !errors.Is(err, context.Canceled) {
		p.log.Error("postrider "+command.Command()+" failed", "error", inWords(err))
		return 1
	}
	return 0
}

// inWords returns the error message for the user of a command: if the user can fix it, the
// sentence without its cause.
func inWords(err error) string {
	var words []string
	for _, p := range problem.All(err) {
		if p.Code == problem.CodeInternal {
			return err.Error()
		}
		words = append(words, p.WithCause(nil).Error())
	}
	return strings.Join(words, "; ")
}

// helpFlag turns `postrider help`, `postrider help sink` and an empty command line into --help.
func helpFlag(args []string) []string {
	if len(args) == 0 {
		return []string{"--help"}
	}
	if args[0] == "help" {
		return append(args[1:len(args):len(args)], "--help")
	}
	return args
}
