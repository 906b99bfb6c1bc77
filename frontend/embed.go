// Package frontend carries the built web app inside the binary.
//
// `npm run build` fills dist; dist/.keep stands there from the first clone on, so that Go compiles before
// the web app was ever built. The server says so when it finds no index.html.
package frontend

import "embed"

// Dist holds the folder dist: index.html, graphiql.html and, under assets, files whose names carry a hash of
// their content and may be cached for ever.
//
//go:embed all:dist
var Dist embed.FS
