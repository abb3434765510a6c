using EvsNative.PtxSim;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>What became of the bugs of a form.</summary>
/// <param name="Form">whose</param>
/// <param name="Elsewhere">bugs that stand alike in a form before it, and were tried there</param>
/// <param name="Noticed">bugs that a call noticed</param>
/// <param name="Harmless">bugs that no call noticed, and the rows that say why</param>
/// <param name="Survivors">bugs that nobody noticed or explains, a line for each</param>
internal sealed record TensorMutantResult(
    TensorMutantForm Form, int Elsewhere, int Noticed, IReadOnlyList<TensorHarmless> Harmless, IReadOnlyList<string> Survivors)
{
    // What an instruction does to a kernel follows from what is around it; so much makes places of forms alike or not.
    private const int Neighbours = 10;

    /// <summary>Tries bugs of forms of one kernel, one form after the other.</summary>
    /// <param name="forms">of a kernel</param>
    /// <param name="choose">which bugs of a form are tried</param>
    /// <param name="believes">Bugs that are named as harmless are not tried. It takes long to see that nobody notices one.</param>
    public static IEnumerable<TensorMutantResult> Of(
        IEnumerable<TensorMutantForm> forms, Func<IReadOnlyList<PtxMutant>, IEnumerable<PtxMutant>> choose, bool believes = false)
    {
        HashSet<string> noticed = [], harmless = [];
        foreach (var form in forms) yield return Of(form, choose, believes, noticed, harmless);
    }

    /// <param name="form">whose bugs are tried</param>
    /// <param name="choose">which of them</param>
    /// <param name="believes">those that are named as harmless are not</param>
    /// <param name="noticedBefore">places of bugs that were noticed in other forms; those of this form come to them</param>
    /// <param name="harmlessBefore">places of bugs that were not noticed in other forms, and are named as harmless</param>
    private static TensorMutantResult Of(
        TensorMutantForm form, Func<IReadOnlyList<PtxMutant>, IEnumerable<PtxMutant>> choose, bool believes,
        HashSet<string> noticedBefore, HashSet<string> harmlessBefore)
    {
        using var trial = new TensorMutantTrial(form);
        var origins = new PtxOrigins(trial.Text.Split('\n'));
        List<string> noticed = [], harmless = [], survivors = [];
        List<TensorHarmless> rows = [];
        int elsewhere = 0;
        foreach (var mutant in choose([.. PtxMutants.Of(trial.Text)]))
        {
            string place = $"{mutant.Kind}: {mutant.Place(Neighbours)}", line = origins.Of(mutant.Line);
            var row = TensorHarmless.Of(form.Kernel, mutant.Kind, line);
            if (noticedBefore.Contains(place) || (row is not null && harmlessBefore.Contains(place))) elsewhere++;
            else if (!(believes && row is not null) && trial.IsNoticed(mutant)) noticed.Add(place);
            else if (row is null) survivors.Add($"{form}: {mutant.Description}; {line}");
            else
            {
                harmless.Add(place);
                rows.Add(row);
            }
        }

        Assert.True(trial.IsWhole(), $"{form}: wrong after its bugs are gone");
        noticedBefore.UnionWith(noticed);
        harmlessBefore.UnionWith(harmless);
        return new TensorMutantResult(form, elsewhere, noticed.Count, rows, survivors);
    }
}
