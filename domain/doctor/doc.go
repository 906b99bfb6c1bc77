// Package doctor says what is wrong with a postback before it costs a conversion:
// it reads the URL template, the tracking link that brings the values, and the
// goals that fire it together.
//
// It owns the findings: their codes, words, places and fixes. It does not know
// where a template is kept nor how the network is asked: names and https are asked
// of a [Target] that it is given, only where the caller wants it.
//
// Every [Finding] says one thing in one sentence. Its span counts UTF-16 code
// units, as JavaScript and the API do. A fix is offered only where applying it
// takes that finding away and brings no other of the same weight: [Check] tries
// each before it offers it.
package doctor
