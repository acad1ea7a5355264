package oom_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vramcalc/calc/oom"
	"vramcalc/calc/unit"
)

// reading is what a test looks at of a message. Sizes are in MiB as printed, to
// the nearest; -1 where the message does not tell.
type reading struct {
	cause, backend, pytorch, phase                        string
	tried, total, free, allocated, unallocated, own, more int64
	count                                                 int
}

// readings are what the messages say, in their order.
var readings = map[string]reading{
	"1.10, full":                       {"capacity", "CUDA", "1.10", "forward", 96, 16159, 62, 14449, 154, -1, 0, 1},
	"1.13, holes":                      {"fragmentation", "CUDA", "1.13", "", 2396, 40540, 1229, 28058, 9544, -1, 0, 1},
	"1.8, a share of the card":         {"limit", "CUDA", "1.4", "", 1536, 24269, 11479, 10854, 307, -1, 0, 1},
	"2.1, another process":             {"otherProcess", "CUDA", "2.1", "", 128, 24218, 35, 9912, 71, 10496, 13687, 1},
	"2.3, logits, ranks":               {"singleTensor", "CUDA", "2.2", "forward", 16036, 81050, 8632, 69847, 1116, -1, 20, 2},
	"2.6, pretty traceback in a frame": {"capacity", "CUDA", "2.1", "optimizer", 250, 45599, 180, 44134, 410, 45414, 4, 1},
	"2.9, in a log, with escapes":      {"singleTensor", "CUDA", "2.9", "", 40960, 32113, 30515, 980, 16, 1567, 31, 1},
	"HIP":                              {"fragmentation", "HIP", "2.5", "backward", 1219, 65516, 402, 53996, 9943, -1, 0, 1},
	"MPS":                              {"context", "MPS", "", "", 197, -1, -1, 17326, -1, -1, -1, 1},
	"the runtime":                      {"context", "CUDA", "", "", -1, -1, -1, -1, -1, -1, -1, 1},
	"cuBLAS":                           {"context", "CUDA", "", "", -1, -1, -1, -1, -1, -1, -1, 1},
	"the host":                         {"hostMemory", "CPU", "", "", 16384, -1, -1, -1, -1, -1, -1, 1},
	"2.2, cut off before the numbers of PyTorch": {"otherProcess", "CUDA", "2.1", "", 20, 40438, 47, -1, -1, 5284, 35107, 1},
	"broken within words by a terminal":          {"capacity", "CUDA", "2.5", "", 512, 10824, 100, 10035, 50, -1, 0, 1},
	"no numbers":                                 {"unknown", "CUDA", "2.5", "", -1, -1, -1, -1, -1, -1, -1, 1},
}

func mib(a oom.Amount) int64 {
	if !a.Known {
		return -1
	}
	return int64((a.Bytes + unit.MiB/2) / unit.MiB)
}

// TestMessages reads every message and says why it was printed.
func TestMessages(t *testing.T) {
	if len(messages) != len(readings) {
		t.Fatalf("%d messages and %d readings", len(messages), len(readings))
	}
	for _, test := range messages {
		t.Run(test.name, func(t *testing.T) {
			m, ok := oom.Read(test.text)
			if !ok {
				t.Fatal("not read")
			}
			got := reading{
				m.Cause().ID, m.Backend, m.PyTorch, "",
				mib(m.Tried), mib(m.Total), mib(m.Free), mib(m.Allocated), mib(m.Unallocated), mib(m.InUse), mib(m.Card().Others),
				m.Count,
			}
			if m.HasPhase {
				got.phase = m.Phase.String()
			}
			if diff := cmp.Diff(readings[test.name], got, cmp.AllowUnexported(reading{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if c := m.Cause(); c.Title.IsZero() || c.Why.IsZero() || strings.Contains(c.Why.String(), "%!") {
				t.Errorf("cause %+v", c)
			}
		})
	}
}

// TestNoMessage: what is no out-of-memory message is not taken for one.
func TestNoMessage(t *testing.T) {
	for _, text := range []string{
		"", "\n", "RuntimeError: CUDA error: device-side assert triggered",
		"ValueError: out of range", "step 12 | memory 13.2 GiB | free 2 GiB", "we ran out of memory budget",
	} {
		if m, ok := oom.Read(text); ok {
			t.Errorf("%q is read as %+v", text, m)
		}
	}
}

// TestSelf: a container knows its own process by another number.
func TestSelf(t *testing.T) {
	m, _ := oom.Read(messages[4].text)
	c := m.Card()
	if !c.OwnRenamed || len(c.Processes) != 0 || m.Cause().ID == oom.OtherProcess {
		t.Errorf("card %+v: the only process in the list is this one", c)
	}
	if c.Outside.Bytes <= 0 || c.Outside.Bytes > 2*unit.GiB {
		t.Errorf("%v outside PyTorch's allocator, want a context", c.Outside.Bytes)
	}
}

// TestRemedies: a remedy names the variable of its backend and version.
func TestRemedies(t *testing.T) {
	for name, want := range map[string]string{"HIP": "PYTORCH_HIP_ALLOC_CONF", "1.13, holes": "PYTORCH_CUDA_ALLOC_CONF"} {
		for _, test := range messages {
			if test.name != name {
				continue
			}
			m, _ := oom.Read(test.text)
			remedies := m.Remedies()
			if len(remedies) != 1 || remedies[0].Environment[want] != "expandable_segments:True" {
				t.Errorf("%s: %+v, want %s", name, remedies, want)
			}
		}
	}
}

// FuzzRead: no text panics or reads a size as negative, what is allocated and
// held never exceeds what is told, and the parts of a card do not exceed it by
// more than the message's rounding where this process's use is told.
func FuzzRead(f *testing.F) {
	for _, test := range messages {
		f.Add(test.text)
	}
	f.Add("CUDA out of memory. Tried to allocate 999999999999999999999999.00 TiB (GPU 99999999999999999999; 1 bytes total capacity; 9e9 GiB already allocated; 5 GiB reserved in total by PyTorch)")
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := oom.Read(text)
		if !ok {
			return
		}
		c := m.Card()
		for _, a := range []oom.Amount{m.Tried, m.Total, m.Free, m.Allocated, m.Unallocated, m.InUse, m.Allowed, m.Reserved(), m.Room(), m.OfProcess(), c.Others, c.Outside} {
			if a.Bytes < 0 || a.Within < 0 || !a.Known && a.Bytes != 0 {
				t.Errorf("%+v in %+v", a, m)
			}
		}
		if m.Cause().ID == "" || m.Cause().Why.IsZero() {
			t.Errorf("no cause: %+v", m)
		}
		m.Remedies()
	})
}
