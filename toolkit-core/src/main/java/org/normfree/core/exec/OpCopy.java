package org.normfree.core.exec;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Copies ops field by field. SameDiff itself copies by writing an op and reading it again, for
 * which it first reads the description of every op there is: half a second of each process.
 */
final class OpCopy {
  /** What belongs to the last execution. */
  private static final Set<String> TRANSIENT =
      Set.of("x", "y", "z", "inputArguments", "outputArguments", "outputVariables");

  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          List<Field> fields = new ArrayList<>();
          for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
            boolean foreign = c.getName().startsWith("org.nd4j.");
            for (Field field : c.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers())
                  && !(foreign && TRANSIENT.contains(field.getName()))) {
                field.setAccessible(true);
                fields.add(field);
              }
            }
          }
          return fields;
        }
      };

  private OpCopy() {}

  /**
   * @param op an op
   * @param graph has variables of the same names as the graph of {@code op}
   * @return the same op in {@code graph}, without arrays of an execution
   */
  static DifferentialFunction of(DifferentialFunction op, SameDiff graph) {
    try {
      var constructor = op.getClass().getDeclaredConstructor();
      constructor.setAccessible(true);
      DifferentialFunction copy = (DifferentialFunction) constructor.newInstance();
      for (Field field : FIELDS.get(op.getClass())) {
        field.set(copy, value(field.get(op), graph));
      }
      return copy;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(
          "the constructor of " + op.getClass().getName() + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          op.getClass().getName() + " cannot be copied: it has no constructor without parameters",
          e);
    }
  }

  /** A value of an op's field; what can be changed is not shared, variables are the copy's. */
  private static Object value(Object value, SameDiff graph) {
    if (value instanceof SDVariable variable) {
      return graph.getVariable(variable.name());
    }
    if (value instanceof SDVariable[] variables) {
      SDVariable[] own = variables.clone();
      for (int i = 0; i < own.length; i++) {
        own[i] = own[i] == null ? null : graph.getVariable(own[i].name());
      }
      return own;
    }
    if (value instanceof SameDiff) {
      return graph;
    }
    if (value instanceof List<?> list) {
      List<Object> own = new ArrayList<>(list.size());
      list.forEach(element -> own.add(value(element, graph)));
      return own;
    }
    if (value instanceof Map<?, ?> map) {
      return new LinkedHashMap<>(map);
    }
    return value;
  }
}
