package cmf

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/grid"
)

// describeServer is what a server tells of itself: its build, its licence and what
// there is on it (cmf-behaviour.md §8). What an older one does not have is said.
func describeServer(api *cmfapi.Client) func(func() time.Time) detail.Loader {
	return func(now func() time.Time) detail.Loader {
		return func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			var d detail.Document
			info, err := api.SystemInformation(ctx)
			section(&d, t, "SYSTEM", err, []views.Fact{
				{Label: "version", Text: info.Status.Version},
				{Label: "revision", Text: info.Status.Revision},
				{Label: "engine", Text: info.Status.Engine},
				{Label: "note", Text: info.Status.EngineNote},
			})
			licence, err := api.License(ctx)
			section(&d, t, "LICENCE", err, licenceFacts(licence, now()))
			resources, err := api.ResourceInformation(ctx)
			section(&d, t, "RESOURCES", err, resourceFacts(resources))
			return d, nil
		}
	}
}

// section adds what was told, or why nothing was.
func section(d *detail.Document, t *themes.Theme, title string, err error, facts []views.Fact) {
	heading(d, t, title)
	switch {
	case fault.Is(err, fault.Unsupported, fault.NotFound):
		d.Add(t.Dim, "this server does not tell")
	case err != nil:
		d.Text(t.Tone(themes.Bad), "could not be read: "+err.Error())
	default:
		for _, f := range facts {
			d.Fact(t, f)
		}
	}
}

// licenceWarning is how long before its end a licence is warned of.
const licenceWarning = 30 * 24 * time.Hour

func licenceFacts(l cmf.License, now time.Time) []views.Fact {
	status := views.Fact{Label: "status", Text: l.Status.Status, Tone: themes.Good}
	switch l.Status.Status {
	case "VALID":
	case "":
		status.Text, status.Tone = "this server tells none", themes.Warn
	default:
		status.Tone = themes.Bad
	}
	facts := []views.Fact{status, {Label: "type", Text: l.Status.LicenseType}}
	if l.Status.Expiration > 0 {
		end := time.UnixMilli(l.Status.Expiration)
		ends := views.Fact{Label: "ends", Text: end.UTC().Format("2006-01-02")}
		switch left := end.Sub(now); {
		case left < 0:
			ends.Text, ends.Tone = ends.Text+": it is over, "+cells.Ago(end, now), themes.Bad
		case left < licenceWarning:
			ends.Text, ends.Tone = ends.Text+": in "+grid.AgeText(left), themes.Warn
		}
		facts = append(facts, ends)
	}
	return facts
}

// licenceTrouble is what the header says of a licence: nothing of one that is valid, or that
// the server does not tell of.
func licenceTrouble(l cmf.License) (wrong string, ends time.Time) {
	if l.Status.Expiration > 0 {
		ends = time.UnixMilli(l.Status.Expiration)
	}
	if s := l.Status.Status; s != "VALID" && s != "" {
		wrong = "licence " + strings.ToLower(s)
	}
	return wrong, ends
}

// resourceFacts are the counts as a server tells them: a number, or one for each
// state.
func resourceFacts(o cmf.Object) []views.Fact {
	var facts []views.Fact
	counts := o.Object("status", "resources").Map()
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		text := ""
		switch v := counts[name].(type) {
		case map[string]any:
			for _, state := range slices.Sorted(maps.Keys(v)) {
				text = cells.Join(text, state+" "+fmt.Sprint(v[state]))
			}
			if len(v) == 0 {
				text = "0"
			}
		default:
			text = fmt.Sprint(v)
		}
		facts = append(facts, views.Fact{Label: spaced(name), Text: text})
	}
	if cpu := o.String("status", "resourceSummary", "cpu"); cpu != "" {
		facts = append(facts, views.Fact{Label: "processors", Text: cpu})
	}
	var bytes int64
	if json.Unmarshal(o.Get("status", "resourceSummary", "memory"), &bytes) == nil && bytes > 0 {
		facts = append(facts, views.Fact{Label: "memory", Text: cells.Size(bytes)})
	}
	return facts
}

// spaced parts the words of a name in camel case, in a few letters.
func spaced(name string) string {
	short := map[string]string{
		"applications": "apps", "environments": "envs", "detachedSavepoints": "detached",
		"kubernetesClusters": "clusters", "computePools": "pools",
	}
	if s := short[name]; s != "" {
		return s
	}
	return strings.ToLower(name)
}
