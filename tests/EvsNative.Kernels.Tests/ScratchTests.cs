namespace EvsNative.Kernels.Tests;

public sealed class ScratchTests
{
    private const long Block = 16L << 20;

    private static readonly Shape Thousand = Shape.Vector(1000);

    [Fact]
    public void Rented_tensors_lie_one_behind_the_other_on_cache_lines()
    {
        using var scratch = new Scratch(bytes => new HostBuffer(bytes));
        Tensor a = scratch.Rent(Thousand, ElementType.Float32), b = scratch.Rent(Thousand, ElementType.Float32);
        Assert.False(a.Overlaps(b));
        Assert.Equal(0, a.Offset);
        Assert.Equal(1008, b.Offset);
        Assert.Equal(2 * 4032, scratch.PeakBytes);
        Assert.Equal(Block, scratch.ReservedBytes);
    }

    [Fact]
    public void A_released_mark_gives_its_memory_back_and_the_same_calls_give_the_same_addresses()
    {
        using var scratch = new Scratch(bytes => new HostBuffer(bytes));
        scratch.Rent(Thousand, ElementType.Float32);
        var mark = scratch.Here();
        var first = scratch.Rent(Thousand, ElementType.Float32);
        scratch.Rent(Thousand, ElementType.Float32);
        scratch.Release(mark);
        var again = scratch.Rent(Thousand, ElementType.Float32);
        Assert.Equal((first.Buffer, first.Offset), (again.Buffer, again.Offset));
        Assert.Equal(3 * 4032, scratch.PeakBytes);
    }

    [Fact]
    public void A_full_arena_grows_and_what_was_rented_stays_where_it_is()
    {
        using var scratch = new Scratch(bytes => new HostBuffer(bytes));
        var small = scratch.Rent(Thousand, ElementType.Float32);
        var mark = scratch.Here();
        var large = scratch.Rent(Shape.Vector(10 << 20), ElementType.Float32);
        Assert.NotSame(small.Buffer, large.Buffer);
        Assert.Equal(Block + (40L << 20), scratch.ReservedBytes);
        scratch.Release(mark);
        Assert.Same(small.Buffer, scratch.Rent(Thousand, ElementType.Float32).Buffer);
        Assert.Same(large.Buffer, scratch.Rent(Shape.Vector(10 << 20), ElementType.Float32).Buffer);
        Assert.Equal(Block + (40L << 20), scratch.ReservedBytes);
    }

    [Fact]
    public void A_reserved_peak_takes_one_allocation()
    {
        int allocations = 0;
        using var scratch = new Scratch(bytes =>
        {
            allocations++;
            return new HostBuffer(bytes);
        });
        scratch.Reserve(100 << 20);
        for (int i = 0; i < 20; i++) scratch.Rent(Shape.Vector(1 << 20), ElementType.Float32);
        Assert.Equal(1, allocations);
        Assert.Equal(80L << 20, scratch.PeakBytes);
        Assert.Throws<InvalidOperationException>(() => scratch.Reserve(200 << 20));
    }

    [Fact]
    public void The_peak_is_measured_anew_from_what_is_in_use()
    {
        using var scratch = new Scratch(bytes => new HostBuffer(bytes));
        scratch.Rent(Thousand, ElementType.Float32);
        var mark = scratch.Here();
        scratch.Rent(Thousand, ElementType.Float32);
        scratch.Release(mark);
        scratch.ResetPeak();
        Assert.Equal(4032, scratch.PeakBytes);
    }

    [Fact]
    public void Halves_take_half_the_memory()
    {
        using var scratch = new Scratch(bytes => new HostBuffer(bytes));
        scratch.Rent(Thousand, ElementType.Float32);
        var half = scratch.Rent(Thousand, ElementType.Float16);
        Assert.Equal(2016, half.Offset);
        Assert.Equal(4032 + 2048, scratch.PeakBytes);
    }

    [Fact]
    public void A_freed_scope_is_full_of_NaN_in_debug_builds()
    {
#if DEBUG
        using var d = Device.Open();
        using var outer = d.Enter("outer");
        var kept = d.Upload([1, 2, 3], Shape.Vector(3));
        Tensor lost;
        using (d.Enter("inner")) lost = d.Upload([4, 5, 6], Shape.Vector(3));
        Assert.Equal([1, 2, 3], d.Download(kept));
        Assert.All(d.Download(lost), value => Assert.True(float.IsNaN(value)));
#else
        Assert.Skip("freed memory is poisoned in debug builds alone");
#endif
    }
}
