// Package pasted reads URLs as people join them by hand and programs pass them on: with a second
// question mark, an ampersand that went through HTML, a name that an HTML reader turned into a
// sign (&param_1 is shown as ¶m_1), a key in capitals, a path that goes on.
//
// What can mean one thing only is taken for that, with a note that says so. It knows nothing of
// what the parameters mean: tracking links (package tracking) and operators' calls (package
// inbound) say which names they read.
package pasted
