package cmf

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/views/resource/kindtest"
)

// TestALicenceSaysWhenItEnds is a table of licences as servers tell of them.
func TestALicenceSaysWhenItEnds(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	after := func(d time.Duration) int64 { return now.Add(d).UnixMilli() }
	const day = 24 * time.Hour
	for _, c := range []struct {
		of   cmf.LicenseStatus
		want string // label: text and tone
	}{
		{cmf.LicenseStatus{}, "status: this server tells none warn"},
		{cmf.LicenseStatus{Status: "VALID", LicenseType: "TRIAL"}, "status: VALID good, type: TRIAL plain"},
		{cmf.LicenseStatus{Status: "VALID", Expiration: after(90 * day)}, "status: VALID good, ends: 2027-02-28 plain"},
		{cmf.LicenseStatus{Status: "VALID", Expiration: after(day)}, "status: VALID good, ends: 2026-12-01: in 24h warn"},
		{
			cmf.LicenseStatus{Status: "VALID", Expiration: after(2 * time.Hour)},
			"status: VALID good, ends: 2026-11-30: in 2h warn",
		},
		{
			cmf.LicenseStatus{Status: "EXPIRED", Expiration: after(-3 * day)},
			"status: EXPIRED bad, ends: 2026-11-27: it is over, 3d ago bad",
		},
		{cmf.LicenseStatus{Status: "REVOKED"}, "status: REVOKED bad"},
	} {
		var got []string
		for _, f := range licenceFacts(cmf.License{Status: c.of}, now) {
			if f.Text != "" {
				got = append(got, f.Label+": "+f.Text+" "+kindtest.ToneName(f.Tone))
			}
		}
		if got := strings.Join(got, ", "); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.of, got, c.want)
		}
		wrong, ends := licenceTrouble(cmf.License{Status: c.of})
		bad := strings.Contains(c.want, " bad")
		if (wrong != "" || !ends.IsZero() && ends.Before(now)) != bad {
			t.Errorf("%+v: the header says %q, until %v", c.of, wrong, ends)
		}
	}
}
