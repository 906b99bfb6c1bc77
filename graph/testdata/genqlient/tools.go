//go:build tools

// Package tools pins genqlient.
package tools

import (
	_ "github.com/Khan/genqlient"
	_ "github.com/Khan/genqlient/graphql"
)
