package java

import (
	"testing"

	"drey/server/engine/embedded/sql/value"
)

// dates are what DateTimeFormatter prints in Locale.US of milliseconds in UTC.
var dates = []struct {
	pattern string
	millis  int64
	want    string
}{
	{"yyyy-MM-dd HH:mm:ss", 1709165109007, "2024-02-29 00:05:09"},
	{"yyyy-MM-dd HH:mm:ss", -1, "1969-12-31 23:59:59"},
	{"yyyy-MM-dd HH:mm:ss", 1699273800000, "2023-11-06 12:30:00"},
	{"yy/M/d h:m:s a", 1709165109007, "24/2/29 12:5:9 AM"},
	{"yy/M/d h:m:s a", -1, "69/12/31 11:59:59 PM"},
	{"yy/M/d h:m:s a", 1699273800000, "23/11/6 12:30:0 PM"},
	{"EEEE, d MMMM yyyy", 1709165109007, "Thursday, 29 February 2024"},
	{"EEEE, d MMMM yyyy", -1, "Wednesday, 31 December 1969"},
	{"EEEE, d MMMM yyyy", 1699273800000, "Monday, 6 November 2023"},
	{"E MMM dd", 1709165109007, "Thu Feb 29"},
	{"E MMM dd", -1, "Wed Dec 31"},
	{"E MMM dd", 1699273800000, "Mon Nov 06"},
	{"D", 1709165109007, "60"},
	{"D", -1, "365"},
	{"D", 1699273800000, "310"},
	{"DDD", 1709165109007, "060"},
	{"DDD", -1, "365"},
	{"DDD", 1699273800000, "310"},
	{"S", 1709165109007, "0"},
	{"S", -1, "9"},
	{"S", 1699273800000, "0"},
	{"SS", 1709165109007, "00"},
	{"SS", -1, "99"},
	{"SS", 1699273800000, "00"},
	{"SSS", 1709165109007, "007"},
	{"SSS", -1, "999"},
	{"SSS", 1699273800000, "000"},
	{"Q", 1709165109007, "1"},
	{"Q", -1, "4"},
	{"Q", 1699273800000, "4"},
	{"QQ", 1709165109007, "01"},
	{"QQ", -1, "04"},
	{"QQ", 1699273800000, "04"},
	{"QQQ", 1709165109007, "Q1"},
	{"QQQ", -1, "Q4"},
	{"QQQ", 1699273800000, "Q4"},
	{"k", 1709165109007, "24"},
	{"k", -1, "23"},
	{"k", 1699273800000, "12"},
	{"kk", 1709165109007, "24"},
	{"kk", -1, "23"},
	{"kk", 1699273800000, "12"},
	{"K", 1709165109007, "0"},
	{"K", -1, "11"},
	{"K", 1699273800000, "0"},
	{"H", 1709165109007, "0"},
	{"H", -1, "23"},
	{"H", 1699273800000, "12"},
	{"u", 1709165109007, "2024"},
	{"u", -1, "1969"},
	{"u", 1699273800000, "2023"},
	{"y", 1709165109007, "2024"},
	{"y", -1, "1969"},
	{"y", 1699273800000, "2023"},
	{"yyy", 1709165109007, "2024"},
	{"yyy", -1, "1969"},
	{"yyy", 1699273800000, "2023"},
	{"LLL", 1709165109007, "Feb"},
	{"LLL", -1, "Dec"},
	{"LLL", 1699273800000, "Nov"},
	{"EEEEE", 1709165109007, "T"},
	{"EEEEE", -1, "W"},
	{"EEEEE", 1699273800000, "M"},
	{"''", 1709165109007, "'"},
	{"''", -1, "'"},
	{"''", 1699273800000, "'"},
	{"[yyyy]MM", 1709165109007, "202402"},
	{"[yyyy]MM", -1, "196912"},
	{"[yyyy]MM", 1699273800000, "202311"},
	{"hh", 1709165109007, "12"},
	{"hh", -1, "11"},
	{"hh", 1699273800000, "12"},
}

func TestDatesArePrintedAsByJava(t *testing.T) {
	for _, c := range dates {
		if got, err := FormatDate(value.Stamp(c.millis, 0), c.pattern); err != nil || got.S != c.want {
			t.Errorf("%s of %d: %q, %v, want %q", c.pattern, c.millis, got.S, err, c.want)
		}
	}
	for _, pattern := range []string{"{", "#", "b", "VV", "'open", "'at' HH 'o''clock'", "\u00e9"} {
		if got, err := FormatDate(value.Stamp(0, 0), pattern); err == nil {
			t.Errorf("%s gives %q, want an error", pattern, got.S)
		}
	}
}

func TestDatesAreReadAfterPatterns(t *testing.T) {
	for _, c := range []struct {
		text, pattern string
		want          int64
	}{
		{"2024-02-29 00:05:09", "yyyy-MM-dd HH:mm:ss", 1709165109000},
		{"1969/12/31", "yyyy/MM/dd", -86400000},
		{"29.2.2024", "d.M.yyyy", 1709164800000},
		{"2024-02-29 12:05 AM", "yyyy-MM-dd hh:mm a", 1709165100000},
	} {
		if got, err := ParseDate(c.text, c.pattern); err != nil || got != c.want {
			t.Errorf("%s after %s: %d, %v, want %d", c.text, c.pattern, got, err, c.want)
		}
	}
	for text, pattern := range map[string]string{
		"24-02-29": "yy-MM-dd", "2024-13-01": "yyyy-MM-dd", "x": "yyyy", "2024T": "yyyy'T'", "1": "Q",
		"2024_02": "yyyy_MM",
	} {
		if got, err := ParseDate(text, pattern); err == nil {
			t.Errorf("%s after %s: %d, want it to be refused", text, pattern, got)
		}
	}
}
