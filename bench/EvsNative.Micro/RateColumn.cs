using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using EvsNative.Bench;

namespace EvsNative.Micro;

/// <summary>Multiply-adds or bytes of a line over its mean time.</summary>
internal sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "Rate";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "GFLOP/s, 2 FLOP for each multiply-add; GB/s where nothing is multiplied";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        if (summary[benchmarkCase]?.ResultStatistics?.Mean is not { } nanoseconds) return "";
        var shape = MicroSession.Current.Case((string)benchmarkCase.Parameters[nameof(Operations.Operation)]);
        var counts = Roof.Count(shape);
        return Measured.RateOf(nanoseconds / 1e6, counts.Sum(c => c.Flops) / 1e9, counts.Sum(c => c.Bytes) / 1e9);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
