using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// <c>ldmatrix</c>: matrices of 8 rows of 8 16-bit values from shared memory. Lane 8 i + r has the address of row r of matrix i; afterwards
/// lane 4 r + c holds the values 2 c and 2 c + 1 of row r, of column r if transposed.
/// </summary>
internal sealed unsafe class LoadMatrixInstruction(Row[] destinations, Space space, AddressOperand address, bool isTransposed)
    : TogetherInstruction(null)
{
    [SkipLocalsInit]
    internal override void Execute(Warp warp, uint mask)
    {
        if (mask != Warp.Full) warp.Report(PtxFault.BarrierDivergence, 0, this, $"only the lanes {mask:x8} are here");

        // A destination may be the address, too.
        uint* words = stackalloc uint[destinations.Length * 32];
        int rows = destinations.Length * 8;
        ulong* addresses = stackalloc ulong[32];
        byte** places = stackalloc byte*[32];
        Bits.Addresses(warp, address, addresses);
        warp.Memory.At(space, addresses, Warp.Full >> (32 - rows), 16, Access.Read, warp, this, places);
        for (int row = 0; row < rows; row++) Vector128.Load(places[row]).Store((byte*)(words + (row * 4)));

        for (int i = 0; i < destinations.Length; i++)
        {
            ulong* d = warp.Values(destinations[i]);
            if (isTransposed) Transpose((ushort*)(words + (i * 32)), d);
            else for (int lane = 0; lane < 32; lane++) d[lane] = words[(i * 32) + lane];
        }
    }

    private static void Transpose(ushort* matrix, ulong* d)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            ushort* place = matrix + ((lane & 3) * 16) + (lane >> 2);
            d[lane] = place[0] | ((uint)place[8] << 16);
        }
    }
}
