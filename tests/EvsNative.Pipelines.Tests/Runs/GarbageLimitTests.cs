using EvsNative.Pipelines.Memory;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Garbage does not pile up, and is not looked for where there is none.</summary>
[Collection(Alone.Name)]
public sealed class GarbageLimitTests
{
    private const int Piece = 50_000, Pieces = 1000;

    [Fact]
    public void It_is_collected_every_few_megabytes()
    {
        var limit = new GarbageLimit();
        int before = GC.CollectionCount(0);
        for (int i = 0; i < Pieces; i++)
        {
            GC.KeepAlive(new byte[Piece]);
            limit.Hold();
        }

        Assert.InRange(GC.CollectionCount(0) - before, (Piece * (long)Pieces / (4 << 20)) - 2, int.MaxValue);
        before = GC.CollectionCount(0);
        for (int i = 0; i < Pieces; i++) limit.Hold();
        Assert.InRange(GC.CollectionCount(0) - before, 0, 1);
    }
}
