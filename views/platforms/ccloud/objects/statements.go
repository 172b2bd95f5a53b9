// Package objects says what Confluent Cloud's objects tell of themselves: their states and
// what these mean, how they are found again, and how a statement is made.
package objects

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	phases "drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/resource"
)

// Statement is a statement in a list.
type Statement = resource.Item[ccloudapi.Statement]

// StatementKey tells statements apart: by the server's uid, where it has none by where it is.
func StatementKey(environment string, s ccloudapi.Statement) string {
	return cells.Key(s.Metadata.UID, environment, s.Region, s.Name)
}

// ReadStatement reads the statement of an address: by its uid, or where it has none in
// the region that stands instead.
func ReadStatement(ctx context.Context, api *ccloudapi.Client, ref views.Ref) (ccloudapi.Statement, error) {
	for _, region := range api.Regions() {
		at := ccloudapi.Statement{Statement: ccloud.Statement{Name: ref.Name}, Region: region}
		if ref.UID == StatementKey(ref.Scope, at) {
			return api.Statement(ctx, ref.Scope, ref.Name, region, "")
		}
	}
	return api.Statement(ctx, ref.Scope, ref.Name, "", ref.UID)
}

// StatementState is the phase as it came; what it means is drey's.
func StatementState(s ccloudapi.Statement) (string, themes.Tone) {
	tone := views.PhaseTone(ccloudapi.PhaseOf(s.Phase()))
	if s.Status != nil && s.Status.ScalingStatus.State == ccloud.PoolExhausted {
		tone = themes.Warn
	}
	return s.Phase(), tone
}

// Resumable are the kinds that can go on after a stop.
var Resumable = []string{"INSERT_INTO", "CREATE_TABLE_AS", "STATEMENT_SET", "EXECUTE_STATEMENT_SET"}

// Resumes tells a statement that would be resumed: one that is stopped, or an
// INSERT that failed (platforms.md A3).
func Resumes(s ccloudapi.Statement) bool {
	return s.Spec.Stopped || ccloudapi.PhaseOf(s.Phase()) == phases.Failed
}

// RefuseDeleting is why nothing is done to a statement that is being deleted.
func RefuseDeleting(s ccloudapi.Statement) error {
	if s.Phase() == ccloud.PhaseDeleting {
		return errors.New("it is being deleted: wait until it is gone, which may take 15 seconds")
	}
	return nil
}

// principalRule is how principals are written, as the API's specification lists them.
var principalRule = regexp.MustCompile(`^((u|sa|pool)-[A-Za-z0-9-]+|crn://\S+)$`)

// CheckPrincipal is what is wrong with a principal that a statement is to run as.
func CheckPrincipal(principal string) error {
	if principalRule.MatchString(principal) {
		return nil
	}
	return fmt.Errorf(
		"principal %s: want the id of a service account (sa-…), a user (u-…) or an identity pool (pool-…)", principal,
	)
}
