package actions

import (
	"testing"
	"time"

	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// TestOnlyOfADetachedSavepointTheDataStay when it is deleted.
func TestOnlyOfADetachedSavepointTheDataStay(t *testing.T) {
	for _, c := range []struct {
		at   resource.Location
		want string
	}{
		{resource.Location{}, "the record is lost; the data stay where they are"},
		{resource.Location{Scope: "prod", Parent: "orders"}, "the savepoint and its data are lost"},
	} {
		i := objects.Savepoint{Location: &c.at}
		action := DeleteSavepoint(nil)
		ways, err := action.Ways(t.Context(), i, time.Now())
		if will := action.Will(i, time.Now()).Text; err != nil || will != c.want || ways[0].Detail != c.want {
			t.Errorf("in %+v it says %q and %q, %v; want %q", c.at, will, ways[0].Detail, err, c.want)
		}
	}
}
