// Package snippets has the programs that operators and integrators begin with, in their languages:
// to report a conversion, to query the API and change something, to listen, and to verify what
// Postrider sends. The web app, the API and the guides in docs/ show these, and nothing else; the
// tests of cmd/postrider run each of them against the real program.
package snippets
