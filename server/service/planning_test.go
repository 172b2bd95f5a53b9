package service

import (
	"maps"
	"testing"

	"drey/client/cmf"
)

func TestAPoolsConfigurationIsReadAsFlinkReadsIt(t *testing.T) {
	got := configuration(cmf.Object(`{"a":"x","n":5,"f":1.50,"t":true,"none":null,"list":[1],"in":{"ner":{"k":9007199254740993}}}`))
	want := map[string]string{"a": "x", "n": "5", "f": "1.50", "t": "true", "in.ner.k": "9007199254740993"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
