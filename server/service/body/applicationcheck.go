package body

import (
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
)

// CheckLabels refuses labels and annotations that are not maps of strings.
func CheckLabels(metadata cmf.Object) error {
	for _, member := range []string{"labels", "annotations"} {
		raw := metadata.Get(member)
		if raw == nil || string(raw) == "null" {
			continue
		}
		object := metadata.Object(member)
		if object == nil {
			return model.Invalid("metadata.%s: want an object", member)
		}
		for name, value := range object.Map() {
			if _, ok := value.(string); !ok {
				return model.Invalid("metadata.%s.%s: want a string", member, Clip(name))
			}
		}
	}
	return nil
}

// CheckJob refuses what the operator would refuse (cmf-behaviour.md §10).
func CheckJob(spec cmf.Object) error {
	if raw := spec.Get("job"); len(raw) > 0 && raw[0] != '{' {
		return model.Unprocessable("spec.job: want an object")
	}
	if err := oneOf(spec, []string{"", cmf.DesiredRunning, cmf.DesiredSuspended}, "job", "state"); err != nil {
		return err
	}
	modes := []string{"", cmf.UpgradeModeStateless, cmf.UpgradeModeLastState, cmf.UpgradeModeSavepoint}
	if err := oneOf(spec, modes, "job", "upgradeMode"); err != nil {
		return err
	}
	for _, number := range []struct {
		path []string
		says string
	}{
		{[]string{"job", "parallelism"}, "Job parallelism must be larger than 0"},
		{[]string{"taskManager", "replicas"}, "TaskManager replicas must be larger than 0"},
		{[]string{"jobManager", "replicas"}, "JobManager replicas should not be configured less than one."},
	} {
		raw := spec.Get(number.path...)
		if raw == nil || string(raw) == "null" {
			continue
		}
		n, err := strconv.ParseInt(string(raw), 10, 32)
		if err != nil {
			return model.Unprocessable(
				"spec.%s: want a whole number, got %s", strings.Join(number.path, "."), Clip(string(raw)),
			)
		}
		if n < 1 {
			return model.Unprocessable("%s", number.says)
		}
	}
	return nil
}

func oneOf(spec cmf.Object, allowed []string, path ...string) error {
	got := spec.String(path...)
	for _, value := range allowed {
		if got == value {
			return nil
		}
	}
	return model.Unprocessable("spec.%s: must be one of %s, got '%s'", strings.Join(path, "."),
		strings.Join(allowed[1:], ", "), Clip(got))
}

// forbiddenKeys are what CMF sets itself.
var forbiddenKeys = []string{"kubernetes.cluster-id", "kubernetes.namespace", "high-availability.cluster-id"}

func CheckConfiguration(spec cmf.Object) error {
	raw := spec.Get("flinkConfiguration")
	if raw == nil || string(raw) == "null" {
		return nil
	}
	if raw[0] != '{' {
		return model.Unprocessable("spec.flinkConfiguration: want an object")
	}
	for _, key := range forbiddenKeys {
		if spec.Get("flinkConfiguration", key) != nil {
			return model.Unprocessable("Forbidden Flink config key: %s", key)
		}
	}
	return nil
}

// StartOf is startFromSavepoint of an application.
func StartOf(spec cmf.Object) cmf.Object { return spec.Object("job", "startFromSavepoint") }

// CheckStart refuses a startFromSavepoint that cannot be followed.
func CheckStart(r model.Reader, scope model.Scope, app string, spec cmf.Object) error {
	from := StartOf(spec)
	if from.IsZero() {
		return nil
	}
	_, err := model.StartPath(r, scope.In(model.KindApplicationSavepoint, app), model.StartFrom{
		Name: from.String("savepointName"), UID: from.String("uid"), Path: from.String("initialSavepointPath"),
	})
	return err
}
