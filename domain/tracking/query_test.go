package tracking_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/tracking"
)

// Links that were joined by hand, or went through HTML, mail or another program, mean what their
// author meant. What was tolerated is noted.
func TestLinksWithSlips(t *testing.T) {
	t.Parallel()
	silent := []string{ // these lose nothing
		"k7m2xq9d??param_1=a", "k7m2xq9d?&param_1=a&&param_2=b&", "k7m2xq9d?param_1%3Da%2520b%26param_2%3Dc", "k7m2xq9d?%20param_1=a&param_2%20=b",
		"k7m2xq9d?%EF%BB%BFparam_1=a", "k7m2xq9d/?param_1=a", "/k7m2xq9d//?param_1=a", "%20k7m2xq9d%20?param_1=a",
	}
	for sent, want := range map[[2]string]tracking.Click{ // path after /c/ and query, what the click keeps
		{"k7m2xq9d", "param_1=a&amp;param_2=b&amp;lp=welcome"}: {Params: [3]string{"a", "b"}, LandingPage: "welcome"},
		{"k7m2xq9d", "param_1=a&AMP;param_2=b"}:                {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a&#38;param_2=b"}:                {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a&amp%3Bparam_2=b"}:              {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a&amp;amp;param_2=b"}:            {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "lp=welcome%C2%B6m_1=a%C2%B6m_2=b"}:       {Params: [3]string{"a", "b"}, LandingPage: "welcome"}, // &para is ¶
		{"k7m2xq9d", "lp=welcome\u00b6m1=a"}:                   {Params: [3]string{"a"}, ParamNames: [3]string{"param1"}, LandingPage: "welcome"},
		{"k7m2xq9d", "?param_1=a"}:                             {Params: [3]string{"a"}},
		{"k7m2xq9d", "&param_1=a&&param_2=b&"}:                 {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a?param_2=b"}:                    {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a;param_2=b"}:                    {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1=a?fbclid=IwAR0x"}:                {Params: [3]string{"a"}}, // appended by another program
		{"k7m2xq9d", "param_1=a%3Futm_source=mail&param_2=b"}:  {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "param_1%3Da%2520b%26param_2%3Dc"}:        {Params: [3]string{"a b", "c"}}, // encoded as a whole
		{"k7m2xq9d", "%20param_1=a&param_2%20=b"}:              {Params: [3]string{"a", "b"}},
		{"k7m2xq9d", "%EF%BB%BFparam_1=a"}:                     {Params: [3]string{"a"}},
		{"k7m2xq9d&param_1=a", "param_2=b"}:                    {Params: [3]string{"a", "b"}},
		{"k7m2xq9d&amp;param_1=a", ""}:                         {Params: [3]string{"a"}},
		{"k7m2xq9d%3Fparam_1=a&param_2=b", ""}:                 {Params: [3]string{"a", "b"}},
		{"k7m2xq9d%3Fparam_1%3Da%26param_2%3Db", ""}:           {Params: [3]string{"a", "b"}},
		{"k7m2xq9d/param_1=a", ""}:                             {Params: [3]string{"a"}},
		{"k7m2xq9d/", "param_1=a"}:                             {Params: [3]string{"a"}},
		{"/k7m2xq9d//", "param_1=a"}:                           {Params: [3]string{"a"}},
		{"k7m2xq9d;param_1=a", ""}:                             {Params: [3]string{"a"}},
		{"K7M2XQ9D", "param_1=a"}:                              {Params: [3]string{"a"}},
		{"%20k7m2xq9d%20", "param_1=a"}:                        {Params: [3]string{"a"}},
		{"k7m2%0D%0Axq9d", "param_1=a"}:                        {Params: [3]string{"a"}}, // mail breaks lines
		{"k7m2xq9d.", ""}:                                      {},
		{"k7m2xq9d%22%3E", ""}:                                 {},
		{"(k7m2xq9d),", ""}:                                    {},
		{"k7m2%E2%80%8Bxq9d", ""}:                              {},
		{"k7m2xq9d%23top", "param_1=a"}:                        {Params: [3]string{"a"}},
	} {
		code, query, notes := tracking.ReadAddress(sent[0], sent[1])
		got := tracking.Read(tracking.Request{RawQuery: query})
		notes = append(notes, got.Notes...)
		got.Notes = nil
		if code != "k7m2xq9d" || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %s %q %+v", sent, code, query, got)
		}
		if silent := slices.Contains(silent, strings.Join(sent[:], "?")); silent != (len(notes) == 0) {
			t.Errorf("%q: the notes are %q", sent, notes)
		}
	}
}

// A value is the affiliate's own: nothing of it is taken for a parameter that is none of ours.
func TestValuesOfLinksStayWhole(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"param_1=a;b":                     "a;b",
		"param_1=s1=x;s2=y":               "s1=x;s2=y",
		"param_1=cid:1?cid=2":             "cid:1?cid=2",
		"param_1=a%26b%3Dc":               "a&b=c",
		"param_1=https://t.example/?lp=x": "https://t.example/?lp=x",
		"param_1=" + strings.Repeat("x", tracking.MaxParam) + "&param_2=": strings.Repeat("x", tracking.MaxParam),
		"param_1=+a+":            " a ",
		"param_1=eyJhIjoiYiJ9==": "eyJhIjoiYiJ9==",
		"param_1=a%25":           "a%",
		"param_1=100%":           "100%",
		"param_1=amp;x":          "amp;x",
	} {
		if got := tracking.Read(tracking.Request{RawQuery: query}); got.Params != [3]string{want} || len(got.Notes) > 0 {
			t.Errorf("%s is %q, %q", query, got.Params, got.Notes)
		}
	}
}

// Other networks' names are read where ours is absent, in the order of the table.
func TestAliasesOfParams(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct {
		params, names [3]string
	}{
		"subid=a":                           {[3]string{"a"}, [3]string{"subid"}},
		"sub_id=a":                          {[3]string{"a"}, [3]string{"sub_id"}},
		"SubID=a":                           {[3]string{"a"}, [3]string{"SubID"}},
		"sub1=a&sub2=b&sub3=c":              {[3]string{"a", "b", "c"}, [3]string{"sub1", "sub2", "sub3"}},
		"aff_sub=a&aff_sub2=b&aff_sub3=c":   {[3]string{"a", "b", "c"}, [3]string{"aff_sub", "aff_sub2", "aff_sub3"}},
		"s1=a&s2=b&s3=c":                    {[3]string{"a", "b", "c"}, [3]string{"s1", "s2", "s3"}},
		"clickid=a":                         {[3]string{"a"}, [3]string{"clickid"}},
		"click_id=a":                        {[3]string{"a"}, [3]string{"click_id"}},
		"cid=a":                             {[3]string{"a"}, [3]string{"cid"}},
		"param1=a&PARAM_2=b&param-3=c":      {[3]string{"a", "b", "c"}, [3]string{"param1", "PARAM_2", "param-3"}},
		"subid=a&param_1=b":                 {[3]string{"b"}, [3]string{}},
		"subid=a&param_1=":                  {[3]string{"a"}, [3]string{"subid"}},
		"clickid=a&sub1=b":                  {[3]string{"b"}, [3]string{"sub1"}},
		"sub1=b&clickid=a":                  {[3]string{"b"}, [3]string{"sub1"}},
		"sub1=&clickid=a":                   {[3]string{"a"}, [3]string{"clickid"}},
		"sub4=a&clickid2=b&subs=c&source=d": {},
	} {
		got := tracking.Read(tracking.Request{RawQuery: query})
		if got.Params != want.params || got.ParamNames != want.names {
			t.Errorf("%s is %q by the names %q", query, got.Params, got.ParamNames)
		}
		for i, name := range want.names {
			if note := fmt.Sprintf("%s was read as param_%d", name, i+1); name != "" && !slices.Contains(got.Notes, note) {
				t.Errorf("%s: %q is not among %q", query, note, got.Notes)
			}
		}
	}
}

// The order of a link's parameters never matters, unless one is given twice.
func TestTheOrderOfALinksParametersDoesNotMatter(t *testing.T) {
	t.Parallel()
	names := []string{"param_1", "param_2", "param1", "sub1", "aff_sub", "subid", "clickid", "cid", "s2", "lp", "dl", "test", "fbclid", "x"}
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, len(names), rapid.ID[string]).Draw(t, "names")
		pairs := make([]string, len(given))
		for i, name := range given {
			pairs[i] = name + "=" + rapid.SampledFrom([]string{"", "1", "a%20b", "c"}).Draw(t, name)
		}
		one := tracking.Read(tracking.Request{RawQuery: strings.Join(pairs, "&")})
		other := tracking.Read(tracking.Request{RawQuery: strings.Join(rapid.Permutation(pairs).Draw(t, "order"), "&amp;")})
		one.Notes, other.Notes = nil, nil
		if !reflect.DeepEqual(one, other) {
			t.Fatalf("%q: %+v and %+v", pairs, one, other)
		}
	})
}
