using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The tensors of a model by formula.</summary>
internal static class FormulaTensors
{
    /// <summary>All of them, part by part, in the order in which the networks ask; tables of positions last.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <exception cref="InputException">another size</exception>
    public static IReadOnlyList<FormulaTensor> Of(string size)
    {
        using var parts = FormulaModels.Open(size);
        var tensors = NetworkTensors.Of(parts);
        var tables = new PositionTables(parts.Motion!, tensors.Where(tensor => tensor.Part == parts.Motion));
        return
        [
            .. tensors.Select(tensor => new FormulaTensor(tensor.Part.Kind, tensor.Name, tensor.Shape)),
            .. tables.Names.Select(name => new FormulaTensor(ModelPartKind.MotionAdapter, name, tables.FindShape(name, [])!)),
        ];
    }
}
