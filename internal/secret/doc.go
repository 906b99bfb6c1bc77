// Package secret handles what must stay secret: passwords and API tokens, of which only a digest
// is stored, and integrations' secrets, which are sealed and opened again.
//
// It owns the formats of digest, token and sealed value, and the installation's key. It stores
// nothing itself.
//
// Rules:
//   - A password is hashed with argon2id, which is slow on purpose. A token has
//     256 random bits, so SHA-256 is enough and fast.
//   - Comparing takes the same time whether or not it matches.
//   - A sealed value is bound to where it belongs (its context): copied to another
//     row it does not open.
package secret
