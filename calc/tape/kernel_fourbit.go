package tape

import "vramcalc/calc/say"

// Limits of bitsandbytes' fused 4-bit product (bitsandbytes 0.50,
// backends/cuda/ops.py, _gemm_4bit_use_custom_cuda): M rows, a matrix of [N, K].
const (
	fusedAlways    = 4       // rows up to which the fused kernel always runs
	fusedNever     = 1536    // rows above which it never does
	fusedScalar    = 8       // rows below which there is a kernel without matrix units
	fusedBlock     = 64      // quantization block, and columns of a thread block
	fusedSmall     = 4 << 20 // elements below which a matrix is small
	fusedLarge     = 512     // rows above which a matrix that is not small is dequantized
	a100Processors = 108     // streaming multiprocessors of an A100
	datacenter     = 2048    // resident threads of an SM on A100 and H100; 1536 on consumer cards
)

// unfused is n where the product dequantizes its matrix, and 0 where the fused
// kernel runs. The published rule has a table for each architecture; cards are
// told apart by their width: A100, H100 and its like, and all others as Ada.
func (t *Tape) unfused(rows Dim, w FourBit, dt DType, n Dim) Dim {
	sms, threads := t.sms, t.threads
	doc := say.F("taken where bitsandbytes dequantizes %s×%s for %s rows in %s", t.text(w.N), t.text(w.K), t.text(rows), dt)
	return t.only("dequantized", doc, n, func(v *Values) bool {
		return !fusedProduct(rows.eval(v), w.N.eval(v), w.K.eval(v), sms.eval(v), threads.eval(v), dt == F32)
	})
}

func fusedProduct(m, n, k, sms, threads int64, fp32 bool) bool {
	switch {
	case m > fusedNever || k%fusedBlock != 0:
		return false
	case m <= fusedAlways:
		return true
	case fp32:
		return m < fusedScalar
	}
	hbm := threads >= datacenter
	a100 := hbm && sms == a100Processors
	blocks := ceilDiv(n, fusedBlock)
	if mulCap(n, k) < fusedSmall {
		return fusedSmallMatrix(m, n, k, blocks, sms, hbm, a100)
	}
	switch {
	case m > fusedLarge:
		return false
	case m < fusedScalar:
		return fusedFewRows(m, n, k, blocks, sms, hbm, a100)
	case a100:
		return fusedA100(m, n, k, blocks, sms)
	case hbm:
		return fusedH100(m, n, k, blocks, sms)
	}
	return fusedAda(m, n, k, blocks, sms)
}

// pick is a where the condition holds and b elsewhere.
func pick(when bool, a, b int64) int64 {
	if when {
		return a
	}
	return b
}

func fusedSmallMatrix(m, n, k, blocks, sms int64, hbm, a100 bool) bool {
	if k*2 < n {
		lowWave := blocks*3 < sms
		switch {
		case a100:
			return m <= pick(lowWave, 1536, 512)
		case hbm:
			return m <= pick(lowWave, 512, 320)
		case blocks >= sms:
			return m <= 320
		}
		return m <= pick(blocks*k > sms*320, 192, 320)
	}
	quarter := blocks*4 <= sms
	switch {
	case a100 && quarter && k >= n:
		return m <= pick(blocks*8 <= sms, 32, 128)
	case a100 && quarter:
		return m <= 384
	case quarter:
		return m <= pick(k < n || hbm, 32, 23)
	case blocks*2 <= sms:
		return m <= 16
	}
	return false
}

func fusedFewRows(m, n, k, blocks, sms int64, hbm, a100 bool) bool {
	if !hbm || m < 6 || blocks < pick(a100, 48, 36) {
		return true
	}
	below75, below60 := blocks*4 < sms*3, blocks*5 < sms*3
	switch {
	case k > n && below75:
		return false
	case k == n && a100:
		return !below60
	case k == n:
		return !below75 || below60
	}
	return true
}

func fusedA100(m, n, k, blocks, sms int64) bool {
	switch {
	case blocks >= sms*3:
		return m <= 128
	case blocks >= sms:
		return m <= pick(k < n, 64, 32)
	case k >= n*3 && blocks*4 > sms:
		return false
	case k == n && blocks >= 48 && blocks*5 < sms*3:
		return false
	case blocks*2 < sms && k <= n:
		return m <= 128
	case blocks*2 < sms && blocks*3 >= sms:
		return false
	case blocks >= sms/2 && k < n:
		return m <= 128
	}
	return m <= 16
}

func fusedH100(m, n, k, blocks, sms int64) bool {
	switch {
	case blocks >= sms*3:
		return m <= 64
	case blocks >= sms*2:
		return m <= 48
	case blocks >= sms:
		return m <= 32
	case blocks >= sms/2:
		return !(k >= n && blocks*4 < sms*3) && m <= 16
	}
	return false
}

func fusedAda(m, n, k, blocks, sms int64) bool {
	tall := k > n*2
	switch {
	case blocks >= sms*3:
		return m <= 256
	case blocks >= sms*2:
		return m <= 128
	case blocks*5 >= sms*4 && (tall || blocks >= 200):
		return m <= 128
	case blocks*5 >= sms*4 && k >= n:
		return m <= pick(sms >= 60, 128, 32)
	case blocks*5 >= sms*4:
		return m <= 64
	case blocks >= sms/2 && tall:
		return m <= 64
	case blocks >= sms/2:
		return m <= pick(blocks >= 64, 8, 32)
	case k > n && blocks <= 48:
		return m <= pick(k >= n*3, 12, 10)
	}
	return m <= pick(tall || blocks < 48, 16, 8)
}
