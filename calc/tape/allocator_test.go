package tape

import (
	"bufio"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"vramcalc/calc/memory"
	"vramcalc/calc/unit"
)

// A trace is what PyTorch's memory history says about three training steps:
// what was asked of the allocator, and what it said it held.
type trace struct {
	seq      Sequence
	marks    []traceMark
	limit    unit.Bytes
	reserved unit.Bytes // the most, after construction
	segments int32      // made
}

// A traceMark ends a phase. "start" is the end of zero_grad and the batch.
type traceMark struct {
	at        int // steps before it
	name      string
	allocated unit.Bytes // the most since the mark before
}

var tracePhases = map[string]memory.Phase{
	"load": memory.Load, "start": memory.Optimizer,
	"forward": memory.Forward, "backward": memory.Backward, "optimizer": memory.Optimizer,
}

// readTrace reads lines of +bytes, -number of the allocation, "e" (empty
// cache), "p phase bytes" (its end and peak), "s bytes" (a segment is made),
// "l bytes" (limit), "r bytes" (reserved).
func readTrace(t testing.TB, r io.Reader) trace {
	t.Helper()
	var tr trace
	var store int32
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text := lines.Text()
		if text[0] == '#' {
			continue
		}
		fields := strings.Fields(text[1:])
		var n int64
		if len(fields) > 0 {
			var err error
			if n, err = strconv.ParseInt(fields[len(fields)-1], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		switch text[0] {
		case '+':
			tr.seq = append(tr.seq, Alloc{Bytes: n, Store: store})
			store++
		case '-':
			tr.seq = append(tr.seq, Alloc{Store: int32(n), Op: Give})
		case 'e':
			tr.seq = append(tr.seq, Alloc{Op: EmptyCache})
		case 's':
			tr.segments++
		case 'l':
			tr.limit = unit.Bytes(n)
		case 'r':
			tr.reserved = unit.Bytes(n)
		case 'p':
			from := 0
			if k := len(tr.marks); k > 0 {
				from = tr.marks[k-1].at
			}
			for i := from; i < len(tr.seq); i++ {
				tr.seq[i].Phase = tracePhases[fields[0]]
			}
			tr.marks = append(tr.marks, traceMark{len(tr.seq), fields[0], unit.Bytes(n)})
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return tr
}

func openTrace(t testing.TB, name string) trace {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return readTrace(t, z)
}

// check compares the peak allocated of every phase of every step, and what is
// reserved.
func (tr *trace) check(t *testing.T) {
	t.Helper()
	var a allocator
	blocks := map[int32]int32{}
	at := 0
	for _, m := range tr.marks {
		peak := a.allocated
		for ; at < m.at; at++ {
			switch s := tr.seq[at]; s.Op {
			case Take:
				blocks[s.Store] = a.malloc(s.Bytes, MainStream)
			case Give:
				a.free(blocks[s.Store])
			case EmptyCache:
				a.emptyCache()
				a.limit = tr.limit
			}
			peak = max(peak, a.allocated)
		}
		switch m.name {
		case "start":
			continue
		case "load":
			peak = a.allocated
		}
		if peak != m.allocated {
			t.Errorf("%s to step %d: %d allocated, PyTorch has %d", m.name, m.at, peak, m.allocated)
		}
	}
	if a.segments != tr.segments {
		t.Errorf("%d segments made, PyTorch made %d", a.segments, tr.segments)
	}
	if h := tr.seq.Replay(tr.limit); h.PeakReserved != tr.reserved || h.Exceeded {
		t.Errorf("%d reserved, PyTorch has %d (%+.3f%%)", h.PeakReserved, tr.reserved, 100*(float64(h.PeakReserved)/float64(tr.reserved)-1))
	}
}

func TestAllocatorIsPyTorchs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.trace.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			tr := openTrace(t, name)
			tr.check(t)
		})
	}
}

// checkAllocator demands that segments are cut without gaps, that no two free
// chunks touch, and that the lists hold what is free.
func checkAllocator(t *testing.T, a *allocator) {
	t.Helper()
	unused := map[int32]bool{}
	for _, c := range a.unused {
		unused[c] = true
	}
	var reserved, used int64
	free := 0
	for i := range a.chunks {
		b := &a.chunks[i]
		if unused[int32(i)] {
			continue
		}
		reserved += b.size
		if b.free {
			free++
		} else {
			used += b.size
		}
		if b.next != none {
			n := &a.chunks[b.next]
			if n.prev != int32(i) || n.offset != b.offset+b.size || n.segment != b.segment || b.free && n.free {
				t.Fatalf("chunk %+v is followed by %+v", b, n)
			}
		}
	}
	listed := 0
	for stream := range a.large {
		listed += len(a.large[stream].entries) + len(a.small[stream].entries)
	}
	if unit.Bytes(reserved) != a.reserved || unit.Bytes(used) != a.allocated || free != listed {
		t.Fatalf("%d reserved of %d, %d used of %d, %d free", reserved, a.reserved, used, a.allocated, free)
	}
}

func TestAllocatorInvariants(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	a := newAllocator(3 * unit.GiB)
	var held []int32
	for i := range 20000 {
		switch n := len(held); {
		case n > 0 && random.IntN(100) < 49:
			k := random.IntN(n)
			a.free(held[k])
			held[k] = held[n-1]
			held = held[:n-1]
		default:
			held = append(held, a.malloc(1+random.Int64N(1<<(1+random.IntN(25))), Stream(random.IntN(streams))))
		}
		if random.IntN(3000) == 0 {
			a.emptyCache()
		}
		if i%500 == 0 {
			checkAllocator(t, a)
		}
	}
	for _, c := range held {
		a.free(c)
	}
	a.emptyCache()
	checkAllocator(t, a)
	if a.reserved != 0 || a.live != 0 {
		t.Errorf("%d reserved in %d segments after everything is given back", a.reserved, a.live)
	}
}

func TestReplayPolicy(t *testing.T) {
	take := func(store int32, bytes int64) Alloc { return Alloc{Store: store, Bytes: bytes, Phase: memory.Forward} }
	give := func(store int32) Alloc { return Alloc{Store: store, Phase: memory.Forward, Op: Give} }
	const mib = 1 << 20
	for _, c := range []struct {
		name                string
		seq                 Sequence
		limit               unit.Bytes
		allocated, reserved unit.Bytes
		segments            int
		exceeded            bool
	}{
		{name: "nothing"},
		{name: "small", seq: Sequence{take(0, 1), take(1, mib)}, allocated: mib + 512, reserved: 2 * mib, segments: 1},
		{name: "medium", seq: Sequence{take(0, mib+1), take(1, 9*mib)}, allocated: 10*mib + 512, reserved: 20 * mib, segments: 1},
		{name: "large", seq: Sequence{take(0, 11*mib)}, allocated: 12 * mib, reserved: 12 * mib, segments: 1},
		{name: "large split", seq: Sequence{take(0, 11*mib), give(0), take(1, 9*mib), take(2, 2*mib)}, allocated: 12 * mib, reserved: 12 * mib, segments: 1},
		{name: "reuse", seq: Sequence{take(0, 100*mib), give(0), take(1, 98*mib)}, allocated: 100 * mib, reserved: 100 * mib, segments: 1},
		{name: "hole", seq: Sequence{take(0, 100*mib), give(0), take(1, 102*mib)}, allocated: 102 * mib, reserved: 202 * mib, segments: 2},
		{name: "hole, small card", seq: Sequence{take(0, 100*mib), give(0), take(1, 102*mib)}, limit: 150 * mib, allocated: 102 * mib, reserved: 102 * mib, segments: 1},
		{name: "too much", seq: Sequence{take(0, 100*mib)}, limit: 50 * mib, allocated: 100 * mib, reserved: 100 * mib, segments: 1, exceeded: true},
		{name: "empty cache", seq: Sequence{take(0, 100*mib), give(0), {Op: EmptyCache}, take(1, 102*mib)}, allocated: 102 * mib, reserved: 102 * mib, segments: 1},
		{name: "odd steps", seq: Sequence{give(3), take(1, 0), take(2, 5), take(2, 5), give(2), give(2)}, allocated: 512, reserved: 2 * mib, segments: 1},
	} {
		h := c.seq.Replay(c.limit)
		if h.PeakAllocated != c.allocated || h.PeakReserved != c.reserved || h.Segments != c.segments || h.Exceeded != c.exceeded {
			t.Errorf("%s: %+v", c.name, h)
		}
	}
}

// TestSequence compares the running sum of an unrolled recording with what
// evaluation gives.
func TestSequence(t *testing.T) {
	r := decoder(7, 7)
	want, _ := unrolled(r)
	v := r.syms.present()
	seq := r.sequence(&v)
	if got := seq.Peak(); got != want.Peak {
		t.Errorf("peaks %v, want %v", got, want.Peak)
	}
	if h := seq.Replay(0); h.PeakAllocated < want.Peak[memory.Backward] || h.PeakReserved < h.PeakAllocated {
		t.Errorf("held %+v", h)
	}
}

func BenchmarkReplay(b *testing.B) {
	tr := openTrace(b, "testdata/mistral-full-reentrant.trace.gz")
	b.ReportAllocs()
	for b.Loop() {
		tr.seq.Replay(0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(tr.seq)), "ns/step")
}
