// Package installation is what the database knows of the installation that it
// belongs to: which key its secrets are sealed with.
//
// It owns the table installation, one row, and the list of what is sealed. It
// decides nothing by itself: the program asks it before it starts anything.
//
// Rules:
//   - A process that cannot open what is sealed does not start: what it would
//     seal, nobody else could open.
//   - A key is made only where nothing was ever sealed.
//   - No key, and nothing that was sealed, is ever in an error or a log; keys are
//     named by their ids.
package installation
