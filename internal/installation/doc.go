// Package installation is what the database knows of the installation that it
// belongs to: which key its secrets are sealed with, where it ran last, and whether
// it is on hold.
//
// It owns the table installation, one row, and the list of what is sealed. It
// decides nothing by itself: the program asks it before it starts anything.
//
// Rules:
//   - A process that cannot open what is sealed does not start: what it would
//     seal, nobody else could open.
//   - A key is made only where nothing was ever sealed.
//   - On hold is a state of the database, and whoever claims a delivery asks the
//     database: a process that has not heard of it sends nothing either.
//   - No key, and nothing that was sealed, is ever in an error or a log; keys are
//     named by their ids.
package installation
