package java

import "testing"

// randoms are what java.util.Random gives for a seed: three times nextDouble,
// then nextInt below 10, 1, 16, 1,000,000, 2,147,483,647 and 2^30 + 1.
var randoms = []struct {
	seed   int64
	floats []float64
	ints   []int32
}{
	{0, []float64{0.730967787376657, 0.24053641567148587, 0.6374174253501083}, []int32{1, 0, 9, 332854, 715581077, 542832677}},
	{1, []float64{0.7308781907032909, 0.41008081149220166, 0.20771484130971707}, []int32{4, 0, 15, 301748, 13136569, 327998473}},
	{42, []float64{0.7275636800328681, 0.6832234717598454, 0.30871945533265976}, []int32{5, 0, 10, 118093, 1939977182, 969067502}},
	{-7, []float64{0.2691218093260761, 0.6731811902798038, 0.5214896372918163}, []int32{1, 0, 1, 474944, 988357177, 370061409}},
	{1099511627776, []float64{0.15674902858730022, 0.9475676666610161, 0.8756986749426546}, []int32{1, 0, 10, 88502, 1428612757, 953874469}},
	{9223372036854775807, []float64{0.26894263088050496, 0.012269981921235296, 0.6620844841121951}, []int32{7, 0, 13, 412731, 1730951808, 665220512}},
}

func TestRandomNumbersAreThoseOfJava(t *testing.T) {
	bounds := []int32{10, 1, 16, 1_000_000, 1<<31 - 1, 1<<30 + 1}
	for _, c := range randoms {
		r := NewRandom(c.seed)
		for range 2 { // as from the beginning
			r.Reset()
			for i, want := range c.floats {
				if got := r.Float(); got != want {
					t.Errorf("seed %d, float %d: %v, want %v", c.seed, i, got, want)
				}
			}
			for i, want := range c.ints {
				state, err := r.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				resumed := NewRandom(0)
				if err := resumed.UnmarshalBinary(state); err != nil {
					t.Fatal(err)
				}
				if got, again := r.Below(bounds[i]), resumed.Below(bounds[i]); got != want || again != want {
					t.Errorf("seed %d, below %d: %d and %d when resumed, want %d", c.seed, bounds[i], got, again, want)
				}
			}
		}
	}
	if NewRandom(1).UnmarshalBinary([]byte("short")) == nil {
		t.Error("state of another length was taken")
	}
}
