// Package installation has what the database stores about the installation that it belongs to:
// which key its secrets are sealed with, where it ran last, and whether it is on hold.
//
// It owns the table installation, one row, and the list of sealed columns. It starts and stops
// nothing itself: the program asks it before it starts anything.
//
// Rules:
//   - A process that cannot open what is sealed does not start: no other process
//     could open what it would seal.
//   - A key is made only where nothing was ever sealed.
//   - On hold is a state of the database, and every claim of a delivery checks the
//     database: a process that missed the notification sends nothing either.
//   - No key, and nothing that was sealed, is ever in an error or a log; keys are
//     named by their ids.
package installation
