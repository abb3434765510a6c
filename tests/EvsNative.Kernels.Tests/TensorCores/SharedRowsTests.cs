using EvsNative.Kernels.TensorCores;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class SharedRowsTests
{
    private const int Rows = 64, Banks = 8;

    /// <summary>Shared memory serves eight chunks at a time, if they lie in different eighths of its 128-byte lines.</summary>
    public static TheoryData<int> Pitches => [.. Enumerable.Range(1, 40)];

    [Theory, MemberData(nameof(Pitches))]
    public void Every_chunk_has_a_place_of_its_own(int pitch)
    {
        var places = Enumerable.Range(0, Rows).SelectMany(row => Enumerable.Range(0, pitch).Select(c => SharedRows.Place(pitch, row, c)));
        Assert.Equal(Enumerable.Range(0, Rows * pitch).Select(i => i * SharedRows.ChunkBytes), places.Order());
    }

    [Theory, MemberData(nameof(Pitches))]
    public void One_chunk_of_eight_neighbouring_rows_meets_no_bank_twice(int pitch)
    {
        for (int first = 0; first < Rows; first += Banks)
            for (int chunk = 0; chunk < pitch; chunk++)
                Assert.Distinct(Enumerable.Range(first, Banks).Select(row => Bank(SharedRows.Place(pitch, row, chunk))));
    }

    [Theory, MemberData(nameof(Pitches))]
    public void Eight_chunks_that_follow_one_another_meet_no_bank_twice(int pitch)
    {
        for (int first = 0; first + Banks <= Rows * pitch; first += Banks)
            Assert.Distinct(Enumerable.Range(first, Banks).Select(i => Bank(SharedRows.Place(pitch, i / pitch, i % pitch))));
    }

    private static int Bank(int place) => place / SharedRows.ChunkBytes % Banks;
}
