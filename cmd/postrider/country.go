package main

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// countries is the country database.
type countries struct{ reader *maxminddb.Reader }

func openCountries(file string) (*countries, error) {
	reader, err := maxminddb.Open(file)
	if err != nil {
		return nil, fmt.Errorf("POSTRIDER_GEOIP: opening %s: %w", file, err)
	}
	return &countries{reader: reader}, nil
}

// of returns the ISO 3166 code of an address's country; empty if unknown.
func (c *countries) of(addr netip.Addr) string {
	var record struct {
		CountryCode string `maxminddb:"country_code"`
		Country     struct {
			ISOCode string `maxminddb:"iso_code"`
		} `maxminddb:"country"`
	}
	if err := c.reader.Lookup(addr.Unmap()).Decode(&record); err != nil {
		return ""
	}
	if record.Country.ISOCode != "" {
		return record.Country.ISOCode
	}
	return record.CountryCode
}

// Close closes the file.
func (c *countries) Close() error { return c.reader.Close() }
