// Command postrider is the whole of Postrider in one binary; `postrider help`
// lists what it does.
//
// This package wires the others together and is the only one that imports them
// all. A subcommand is a file; what serve, work and all have in common is App,
// which tests start on a free port. There is no business rule here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"postrider/internal/config"
	"postrider/internal/heap"
)

// version is set by the linker.
var version = "dev"

// cli is the grammar of the command line.
type cli struct {
	config.Config

	All     allCmd     `cmd:"" help:"API, web app, tracking and workers in one process."`
	Serve   serveCmd   `cmd:"" help:"API, web app, tracking links and inbound postbacks; no workers."`
	Work    workCmd    `cmd:"" help:"Workers only; any number on any number of machines."`
	Migrate migrateCmd `cmd:"" help:"Apply or show the versioned migrations."`
	Demo    demoCmd    `cmd:"" help:"Fill an empty database with believable demo data and print how to try it."`
	User    userCmd    `cmd:"" help:"Sign-ins."`
	Token   tokenCmd   `cmd:"" help:"API tokens."`
	Key     keyCmd     `cmd:"" help:"The keys that seal stored secrets."`
	Holding holdCmd    `cmd:"" name:"hold" help:"Let nothing leave to trackers, in no process; everything else goes on."`
	Resume  resumeCmd  `cmd:"" help:"Let everything leave that waited since hold."`
	Tail    tailCmd    `cmd:"" help:"Deliveries live in the terminal, with a token."`
	Sink    sinkCmd    `cmd:"" help:"An echo tracker: answers and prints every postback it gets."`

	Version kong.VersionFlag `help:"Print the version."`
}

// process is what a subcommand has of the process it runs in.
type process struct {
	cfg    *config.Config
	log    *slog.Logger
	stdin  io.Reader
	stdout io.Writer
}

func main() {
	heap.Tune()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exit is how kong ends: after help and version, without a subcommand.
type exit int

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		fault := recover()
		if ended, ok := fault.(exit); ok {
			code = int(ended)
		} else if fault != nil {
			panic(fault)
		}
	}()
	var grammar cli
	parser, err := kong.New(&grammar,
		kong.Name("postrider"),
		kong.Description("Calls affiliates' trackers about the conversions of their clicks, once, fast, and where everybody can see it."),
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
	if err := command.Run(p); err != nil && !errors.Is(err, context.Canceled) {
		p.log.Error("postrider "+command.Command()+" failed", "error", err)
		return 1
	}
	return 0
}

// helpFlag lets `postrider help` and `postrider help sink` ask for help, and
// nothing at all as well.
func helpFlag(args []string) []string {
	if len(args) == 0 {
		return []string{"--help"}
	}
	if args[0] == "help" {
		return append(args[1:len(args):len(args)], "--help")
	}
	return args
}
