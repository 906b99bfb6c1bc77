// Package embedded runs a PostgreSQL server of Postrider's own, for installations without a
// DATABASE_URL.
//
// It finds or downloads the server's programs, and owns the folder with the data, the user that
// the server runs as, and the server's life cycle: Start, Join, Stop. It does not know what is
// in the database.
//
// The folder (POSTRIDER_DATA) holds
//
//	postgres/data       the server's data; postgres/ belongs to the user it runs as
//	postgres.password   the random password of the one role, mode 0600
//	postgres.lock       held by the program that started the server; contains its pid
//	postgres.log        the server's log
//
// Rules:
//   - One program owns the server. It holds the lock while it lives, so that the
//     kernel frees it even after kill -9. A second program joins or is refused
//     with the owner's pid.
//   - The server listens on loopback only, on a port that is free at the time,
//     and requires the password.
//   - PostgreSQL refuses to run as root, so root runs it as the owner of the
//     data, which is the user postgres, or nobody. If that user cannot reach
//     the folder (a clone under /root), the data lives under /var/lib/postrider
//     and postgres/ is a link to it.
//   - A server that outlived its owner is stopped before a new one starts.
package embedded
